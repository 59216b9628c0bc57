package io.camatlas.report.compared;

import io.camatlas.compare.ComparedKind;
import io.camatlas.compare.Difference;
import io.camatlas.compare.Difference.Rest;
import io.camatlas.image.Box;
import io.camatlas.localize.Region;
import io.camatlas.report.compared.Comparison.Audit;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.Counts;
import io.camatlas.report.compared.Comparison.Labels;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.compared.Comparison.Seen;
import io.camatlas.report.compared.Comparison.ShownImage;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.SliceReport.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Comparisons with chosen numbers. */
public final class SampleComparison {
  /** A name that breaks pages which do not escape it. */
  public static final String HOSTILE = "<script>window.hacked=1</script>";

  private SampleComparison() {}

  /** A number of 100 images that both saw. */
  static Changed changed(ComparedKind kind, String measure, double from, double with, double q) {
    double gap = with - from;
    return new Changed(
        kind,
        measure,
        kind == ComparedKind.FEATURE_MAP ? 7 : -1,
        kind == ComparedKind.SLICE
            ? Optional.of(new Trait(false, "site", HOSTILE))
            : Optional.empty(),
        new Difference(
            100,
            from,
            100,
            with,
            100,
            gap - 0.01,
            gap + 0.01,
            q / 2,
            new Rest(0, Double.NaN, 0, Double.NaN, Double.NaN)),
        q,
        true);
  }

  /** The same where the difference is that of 40 images of each. */
  static Changed ofRest(ComparedKind kind, String measure, double from, double with, double q) {
    Changed whole = changed(kind, measure, from, from + 0.4 * (with - from), q);
    Difference all = whole.difference();
    return new Changed(
        kind,
        measure,
        -1,
        Optional.empty(),
        new Difference(
            100,
            all.mean(),
            100,
            all.withMean(),
            60,
            all.low(),
            all.high(),
            all.p(),
            new Rest(40, from, 40, with, 0.001)),
        q,
        true);
  }

  static OfClass ofClass(int index, String name, List<Changed> changes) {
    double[] map = new double[16];
    double[] other = new double[16];
    for (int i = 0; i < map.length; i++) {
      map[i] = 1 + i % 5;
      other[i] = 1 + i % 3;
    }
    // Ten classes of a hundred.
    long images = index < 0 ? 1_000 : 100;
    return new OfClass(
        index,
        name,
        images,
        images,
        images,
        Optional.of(new Grid(map, 4, 4)),
        Optional.of(new Grid(other, 4, 4)),
        0.2,
        changes,
        List.of());
  }

  static Comparison of(OfClass all, List<OfClass> classes) {
    Audit audit =
        new Audit(
            "v1",
            "runs/v1",
            "net",
            "ab".repeat(32),
            "layer4",
            "grad-cam",
            "",
            "2026-01-01T00:00:00Z");
    return new Comparison(
        audit,
        new Audit(
            "v2",
            "runs/v2",
            "net",
            "cd".repeat(32),
            "layer4",
            "grad-cam",
            "",
            "2026-02-01T00:00:00Z"),
        all,
        classes,
        new Labels(1_000, 1_000),
        List.of(new Counts(ComparedKind.PREDICTION, 40, 3)),
        true,
        20,
        List.of("100 images are in both."));
  }

  /** One of everything, with hostile names. */
  public static Comparison ofEverything() {
    List<Changed> changes = new ArrayList<>();
    for (ComparedKind kind : ComparedKind.values()) {
      changes.add(
          changed(kind, kind == ComparedKind.REGION ? "bottom_left" : "accuracy", 0.9, 0.4, 0.01));
    }
    changes.add(changed(ComparedKind.REGION, "centre", 0.3, 0.31, Double.NaN));
    Seen seen =
        new Seen(HOSTILE, 0.4, new Grid(new double[] {1, 2, 3, 4}, 2, 2), new Box(10, 0, 90, 80));
    List<ShownImage> images =
        List.of(
            new ShownImage(
                HOSTILE,
                HOSTILE,
                Optional.empty(),
                Optional.empty(),
                0.3,
                100,
                80,
                Optional.of(seen),
                seen),
            new ShownImage(
                HOSTILE,
                HOSTILE,
                Optional.of(Region.BOTTOM_LEFT),
                Optional.empty(),
                0.6,
                100,
                80,
                Optional.empty(),
                seen));
    List<OfClass> classes =
        IntStream.range(0, 3)
            .mapToObj(
                i -> ofClass(i, i == 0 ? HOSTILE : "class " + i, i == 2 ? List.of() : changes))
            .toList();
    return of(ofClass(-1, "", changes), classes)
        .withPictures(java.util.Map.of(0, images, -1, images));
  }
}
