package io.camatlas.report.site;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.Trait;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Effect.Said;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TestedPicture;
import io.camatlas.causes.TrialState;
import io.camatlas.image.Box;
import io.camatlas.image.RgbImage;
import io.camatlas.image.Thumbnail;
import io.camatlas.localize.Localization;
import io.camatlas.localize.Region;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.ClassReport.Measured;
import io.camatlas.report.facts.ClassReport.RegionShare;
import io.camatlas.report.facts.ClassReport.Singles;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.ClassReport.Truth;
import io.camatlas.report.facts.FailureGroup;
import io.camatlas.report.facts.FeatureMapReport;
import io.camatlas.report.facts.FeatureMapReport.Activation;
import io.camatlas.report.facts.FeatureMapReport.TopClass;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ReportedView.Model;
import io.camatlas.report.facts.ReportedView.Pointing;
import io.camatlas.report.facts.ReportedView.Rule;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ShownPicture.Attention;
import io.camatlas.report.facts.ShownPicture.Image;
import io.camatlas.report.facts.ShownPicture.Prediction;
import io.camatlas.report.facts.Slices;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.facts.ViewStrategies;
import io.camatlas.report.findings.InPictures;
import io.camatlas.report.findings.Suspects;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Space;
import io.camatlas.strategies.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A made-up report with everything on its pages, and names that would rather be markup. */
final class SampleReport {
  static final String HOSTILE_CLASS = "<script>window.hacked=1</script>";
  static final String HOSTILE_FILE =
      "\"><img src=x onerror=window.hacked=2>&amp;</script><script>window.hacked=3</script>.jpg";
  static final int SIDE = 14;

  private static final int EXAMPLES = 4;
  private static final List<PictureKind> KINDS = List.of(PictureKind.values());

  private SampleReport() {}

  /** Writes pictures and pages into a folder. */
  static SiteFiles write(Path folder, int classes, boolean singleFile) throws IOException {
    SiteFiles files = files(folder);
    ReportSite site = site(classes, files);
    site.write(files);
    if (singleFile) {
      site.writeSingleFile(files, Long.MAX_VALUE);
    }
    return files;
  }

  /** Writes pictures, and a single file that has room for none. */
  static void writeWithoutPictures(Path folder, int classes) throws IOException {
    SiteFiles files = files(folder);
    site(classes, files).writeSingleFile(files, 0);
  }

  private static ReportSite site(int classes, SiteFiles files) throws IOException {
    return new ReportSite(dataset(), List.of(view(1, classes, files), view(2, 2, files)));
  }

  static SiteFiles files(Path folder) {
    return new SiteFiles() {
      @Override
      public void write(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
      }

      @Override
      public byte[] read(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
      }
    };
  }

  static ReportedDataset dataset() {
    return new ReportedDataset(
        "A sample",
        "test",
        "2026-01-02T03:04:05Z",
        List.of(
            new ReportedDataset.Source(
                "r1", "photos/" + HOSTILE_FILE, "run", "2026-01-01T00:00:00Z", 103, 3)),
        List.of(
            new FailureGroup(
                "decode",
                "truncated",
                3,
                List.of(
                    new FailureGroup.Failed(
                        HOSTILE_FILE, "file:/photos/" + HOSTILE_FILE, HOSTILE_CLASS, "cut off")))),
        List.of("A note on " + HOSTILE_CLASS));
  }

  static ViewReport view(int number, int classes, SiteFiles files) throws IOException {
    List<ClassReport> reports = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      reports.add(classReport(i, files));
    }
    List<FeatureMapReport> maps = new ArrayList<>();
    for (int k = 0; k < 8; k++) {
      List<FeatureMapReport.Served> served = new ArrayList<>();
      for (ClassReport one : reports.subList(0, Math.min(3, classes))) {
        served.add(new FeatureMapReport.Served(one.name(), one.index(), k + 1, 0.3, 0.9));
      }
      maps.add(
          new FeatureMapReport(
              k,
              100,
              new Activation(0.5, 0.1, 0.4, 0.9, k == 7 ? 1 : 0),
              0.3,
              Optional.of(new TopClass(HOSTILE_CLASS, 0)),
              k < 4 ? 3 : 0,
              served,
              examples(k, files),
              examples(k, files)));
    }
    List<CalibrationBin> bins = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      double middle = (i + 0.5) / 15;
      bins.add(
          new CalibrationBin(
              i / 15.0,
              (i + 1) / 15.0,
              i,
              i == 0 ? Double.NaN : middle * middle,
              i == 0 ? Double.NaN : middle));
    }
    ViewReport report =
        new ViewReport(
            new ReportedView(
                number,
                "r" + number,
                10L * classes,
                new Model("sample-net", "0123456789abcdef", "3x224x224", List.of()),
                new Layer("features." + number, SIDE, SIDE, 8, 1),
                new Rule("smooth-grad-cam++", Map.of("samples", "8", "sigma", "0.15")),
                new ReportedView.Predictions(10L * classes, 0.9, 0.95, 0.06, Optional.empty()),
                Optional.of(new Pointing(0.9, 0.5))),
            reports,
            maps,
            bins,
            List.of(),
            Map.of(),
            ViewHabits.UNKNOWN,
            Map.of(),
            Slices.NONE,
            ViewStrategies.UNKNOWN,
            5);
    return report
        .withStrategies(strategies(reports.get(0)))
        .withCauses(List.of(cause(number, report, files), ofGroup(report)));
  }

  /** Two groups of the first class, and similar images that are predicted worse. */
  private static ViewStrategies strategies(ClassReport one) {
    ClassName name = new ClassName(one.index(), one.name());
    List<Group.Typical> typical =
        one.singles().picturesOf(PictureKind.GROUPED).stream()
            .map(
                picture ->
                    new Group.Typical(
                        new Examples.Image(picture.image().id(), picture.image().path()),
                        picture.image().sha256(),
                        0.5))
            .toList();
    List<Group.Often> often =
        List.of(
            new Group.Often(
                new Trait.Name(Trait.Source.METADATA, HOSTILE_CLASS),
                HOSTILE_FILE,
                9,
                0.9,
                0.1,
                0.001,
                0.01));
    List<Strategy> groups = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      double[] map = new double[SIDE * SIDE];
      map[i] = 1;
      Strategy.Side side =
          new Strategy.Side(0.9, 0.8, i == 0 ? Double.NaN : 0.5, i == 0 ? 0 : 40, map);
      groups.add(
          new Strategy(
              name,
              i,
              2 - i,
              80 - 60 * i,
              i,
              0.8 - 0.6 * i,
              Optional.of(Space.MAPS),
              0.9,
              0.2 + 0.6 * i,
              i == 1,
              side,
              side,
              SIDE,
              SIDE,
              List.of(new Group.Apart(2, 0.7, 2, 1), new Group.Apart(500, 0.3, 2, 1)),
              often,
              typical));
    }
    return new ViewStrategies(
        true,
        groups,
        List.of(new ErrorSlice(name, 0, 12, 0.4, 0.2, 0.6, 60, 0.9, 0.001, often, typical)));
  }

  /** An experiment on a group of the first class. */
  private static Cause ofGroup(ViewReport report) {
    List<Effect> effects = new ArrayList<>();
    for (CauseTest test : List.of(CauseTest.PASTE, CauseTest.PASTE_OF_REST)) {
      Effect.Said before = new Effect.Said(0.1, 0);
      Effect.Said turned = new Effect.Said(0.9, test == CauseTest.PASTE ? 1 : 0);
      effects.add(
          Effect.of(test, Collections.nCopies(20, new Effect.Outcome(before, turned, before))));
    }
    return new Cause(
        new Suspect.OfStrategy(report.classes().get(0).index(), 1, Optional.empty()),
        effects,
        Optional.of(
            OtherImages.ofRest(new OtherImages.Turned(20, 20), new OtherImages.Turned(20, 0), 1)),
        List.of());
  }

  /** An experiment on the corner where the first class's attention gathers. */
  private static Cause cause(int number, ViewReport report, SiteFiles files) throws IOException {
    List<TestedPicture> pictures = new ArrayList<>();
    for (CauseTest test : List.of(CauseTest.BLUR, CauseTest.PASTE)) {
      for (TrialState state : TrialState.values()) {
        String file = "pictures/%d-0-0-%s-%s.jpg".formatted(number, test.text(), state.text());
        files.write(Pages.tested(file), Thumbnail.jpeg(photograph(120, 90, pictures.size())));
        pictures.add(new TestedPicture(0, test, state, HOSTILE_FILE, file, 0.3, HOSTILE_CLASS));
      }
    }
    List<Effect.Outcome> covered = new ArrayList<>();
    List<Effect.Outcome> pasted = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Said sure = new Said(0.9 - i / 1000.0, 1);
      Said unsure = new Said(0.2 + i / 1000.0, i % 2);
      covered.add(new Effect.Outcome(sure, unsure, sure));
      pasted.add(new Effect.Outcome(new Said(0.01, 0), unsure, new Said(0.02, 0)));
    }
    return new Cause(
        Suspects.of(report, InPictures.NONE, 0, 200).tested().get(0),
        List.of(Effect.of(CauseTest.BLUR, covered), Effect.of(CauseTest.PASTE, pasted)),
        pictures);
  }

  private static ClassReport classReport(int index, SiteFiles files) throws IOException {
    String name = index == 0 ? HOSTILE_CLASS : "class " + index;
    Grid mean = blob(index == 0 ? 2 : 3 + index % 8, index == 0 ? 11 : 4 + index % 6, 1.6);
    List<ShownPicture> pictures = new ArrayList<>();
    int rank = 1;
    for (int i = 0; i < KINDS.size(); i++) {
      Map<PictureKind, Integer> ranks = new EnumMap<>(PictureKind.class);
      ranks.put(KINDS.get(i), rank++);
      pictures.add(picture(index, i, ranks, name, files));
    }
    List<RegionShare> regions = new ArrayList<>();
    for (Region region : Region.values()) {
      double mass = region.area() * (region == Region.BOTTOM_LEFT && index == 0 ? 6 : 0.9);
      regions.add(
          new RegionShare(
              region,
              mass,
              0.9 * mass,
              Math.min(1, 1.1 * mass),
              region.area(),
              region.area(),
              region == Region.BOTTOM_LEFT && index == 0));
    }
    long[] right = new long[20];
    long[] wrong = new long[20];
    right[12] = 7;
    right[13] = 2;
    wrong[5] = 1;
    List<Histogram> histograms = new ArrayList<>();
    for (String measure : List.of("entropy", "spread", "confidence")) {
      histograms.add(new Histogram(measure, 0, 1, right, wrong, new long[20]));
    }
    return new ClassReport(
        name,
        index,
        new ClassReport.Predictions(
            10, index == 1 ? 0.2 : 1 - index % 7 / 100.0, 0.9, 0.93, Optional.empty()),
        new Maps(
            10,
            1,
            Optional.of(mean),
            Optional.of(blob(4, 4, 3)),
            Optional.of(blob(index == 0 ? 2 : 6, index == 0 ? 11 : 6, 0.4)),
            new Split(8, Optional.of(mean)),
            new Split(5, Optional.of(blob(12, 2, 1)))),
        List.of(new Measured("entropy_nats", 4 + index % 10 / 10.0, 3, 4, 5)),
        regions,
        Optional.of(new Truth(10, index == 0 ? 0.1 : 0.9, 0.5, 0.4, 0.2, 0.6)),
        List.of(new MapShare(0, 1, index == 0 ? 0.6 : 0.2, 0.9, examples(index, files))),
        List.of(new Confusion(name, index, "class 1", 1, 2, 0.6, Double.NaN)),
        new Singles(
            histograms,
            Optional.of(new MeanImage(10, Thumbnail.jpeg(photograph(96, 96, index)))),
            pictures));
  }

  /** A blob with its centre in a cell. */
  static Grid blob(double column, double row, double sigma) {
    double[] values = new double[SIDE * SIDE];
    for (int r = 0; r < SIDE; r++) {
      for (int c = 0; c < SIDE; c++) {
        double squares = (c - column) * (c - column) + (r - row) * (r - row);
        values[r * SIDE + c] = Math.exp(-squares / (2 * sigma * sigma));
      }
    }
    return new Grid(values, SIDE, SIDE);
  }

  private static ShownPicture picture(
      int classIndex, int i, Map<PictureKind, Integer> ranks, String name, SiteFiles files)
      throws IOException {
    SplittableRandom random = new SplittableRandom(31L * classIndex + i);
    boolean hostile = classIndex == 0 && i == 0;
    String id = hostile ? HOSTILE_FILE : "class-" + classIndex + "/image-" + i + ".jpg";
    String sha256 = HexFormat.of().toHexDigits(random.nextLong()).repeat(4);
    boolean there = i != KINDS.size() - 1;
    Grid map = i == 4 ? new Grid(new double[SIDE * SIDE], SIDE, SIDE) : blob(2 + i, 9 - i, 1.3);
    if (there && classIndex < 20) {
      files.write(Pages.image(sha256), Thumbnail.jpeg(photograph(120, 90, classIndex + i)));
    }
    Map<String, String> numbers = new LinkedHashMap<>();
    numbers.put("label", name);
    numbers.put("predicted", "class 1");
    return new ShownPicture(
        ranks,
        new Image(id, "file:/photos/" + id, sha256, 400, 300, List.of(new Box(60, 40, 200, 250))),
        there ? Optional.of(Pages.image(sha256)) : Optional.empty(),
        there ? "" : "The image changed",
        new Prediction(name, "class 1", 0.7, Optional.of(classIndex == 1), Optional.empty()),
        new Attention(
            name,
            0.2,
            map,
            new Box(50, 0, 350, 300),
            map.maximum() == 0 ? Optional.empty() : Optional.of(new PixelPoint(100, 200)),
            map.maximum() == 0 ? Double.NaN : 0.5,
            map.maximum() == 0 ? Double.NaN : (i == 2 ? 5.5 : 12.5) / 20,
            map.maximum() == 0 ? Double.NaN : 0.25),
        numbers,
        "jobs/camatlas explain --images 'file:/photos/" + id + "'");
  }

  /** The largest part of the map of picture {@code i}, as CamAtlas measures it, on the original. */
  static Box largestPart(int i) {
    Grid map = blob(2 + i, 9 - i, 1.3);
    float[] values = new float[map.values().length];
    for (int at = 0; at < values.length; at++) {
      values[at] = (float) map.values()[at];
    }
    var part = Localization.of(values, SIDE, SIDE).area().largestPart();
    return new Box(50 + 300 * part.x0(), 300 * part.y0(), 50 + 300 * part.x1(), 300 * part.y1());
  }

  private static List<MapExample> examples(int seed, SiteFiles files) throws IOException {
    List<MapExample> examples = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      String sha256 = HexFormat.of().toHexDigits(1000L * (seed % 20) + i).repeat(4);
      files.write(Pages.image(sha256), Thumbnail.jpeg(photograph(90, 120, seed + i)));
      examples.add(
          new MapExample(
              i == 0 ? HOSTILE_FILE : "example-" + i,
              "file:/photos/example",
              i == 3 ? Optional.empty() : Optional.of(Pages.image(sha256)),
              90,
              120,
              Optional.of(Grid.cell(i, 2 * i, SIDE, SIDE, new Box(0, 0, 90, 120))),
              1.5 - 0.1 * i,
              HOSTILE_CLASS));
    }
    return examples;
  }

  private static RgbImage photograph(int width, int height, int seed) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = 3 * (y * width + x);
        rgb[at] = (byte) (120 + 100 * Math.sin((x + 7.0 * seed) / 9));
        rgb[at + 1] = (byte) (120 + 90 * Math.cos((y + 5.0 * seed) / 11));
        rgb[at + 2] = (byte) (90 + 20 * (seed % 7));
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
