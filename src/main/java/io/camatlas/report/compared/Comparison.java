package io.camatlas.report.compared;

import io.camatlas.compare.ComparedKind;
import io.camatlas.compare.Difference;
import io.camatlas.image.Box;
import io.camatlas.localize.Region;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.SliceReport.Trait;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two audits side by side.
 *
 * @param from the first
 * @param with the one it is compared with
 * @param all all classes together
 * @param classes classes that one of them has, by index
 * @param labels how many images have labels
 * @param counts how many numbers were tested, by kind
 * @param featureMaps whether feature maps were compared
 * @param fewest images that a class needs in both for anything to be said of it
 * @param notes what readers should know, in sentences
 */
public record Comparison(
    Audit from,
    Audit with,
    OfClass all,
    List<OfClass> classes,
    Labels labels,
    List<Counts> counts,
    boolean featureMaps,
    long fewest,
    List<String> notes) {
  public Comparison {
    classes = List.copyOf(classes);
    counts = List.copyOf(counts);
    notes = List.copyOf(notes);
  }

  /** Whether numbers of a kind were tested, of any class or of all. */
  boolean hasTested(ComparedKind kind) {
    return counts.stream().anyMatch(one -> one.kind() == kind && one.tested() > 0);
  }

  /** The same with pictures of classes, by index; -1 for all classes. */
  public Comparison withPictures(Map<Integer, List<ShownImage>> pictures) {
    return new Comparison(
        from,
        with,
        all.withPictures(pictures.getOrDefault(all.index(), List.of())),
        classes.stream()
            .map(one -> one.withPictures(pictures.getOrDefault(one.index(), List.of())))
            .toList(),
        labels,
        counts,
        featureMaps,
        fewest,
        notes);
  }

  /**
   * One of the two audits.
   *
   * @param label what it is called
   * @param folder where its results are
   * @param started when the run was started, as ISO 8601 text
   */
  public record Audit(
      String label,
      String folder,
      String model,
      String modelSha256,
      String layer,
      String method,
      String preprocessing,
      String started) {}

  /**
   * Images whose label is known, and one of the model's classes.
   *
   * @param images of the first audit
   * @param withImages of the second
   */
  public record Labels(long images, long withImages) {
    /** Whether neither audit has images with labels. */
    public boolean areNone() {
      return images == 0 && withImages == 0;
    }
  }

  /**
   * How many numbers were tested.
   *
   * @param changed how many of them differ more than chance explains
   */
  public record Counts(ComparedKind kind, long tested, long changed) {}

  /**
   * A class, or all of them.
   *
   * @param index by the first audit; -1 for all classes
   * @param name empty for all classes
   * @param images that count for the class in the first audit
   * @param withImages the same in the second
   * @param pairs images that both saw with the same bytes
   * @param meanMap of the first audit
   * @param withMeanMap of the second, on the same grid
   * @param moved mean share of the attention that lies elsewhere in the second; NaN without pairs
   * @param changes numbers that were compared
   * @param pictures images that show what differs
   */
  public record OfClass(
      int index,
      String name,
      long images,
      long withImages,
      long pairs,
      Optional<Grid> meanMap,
      Optional<Grid> withMeanMap,
      double moved,
      List<Changed> changes,
      List<ShownImage> pictures) {
    public OfClass {
      changes = List.copyOf(changes);
      pictures = List.copyOf(pictures);
    }

    private OfClass withPictures(List<ShownImage> images) {
      return new OfClass(
          index,
          name,
          this.images,
          withImages,
          pairs,
          meanMap,
          withMeanMap,
          moved,
          changes,
          images);
    }

    /** Whether this is all classes together. */
    public boolean isAll() {
      return index < 0;
    }

    /** Whether both audits have it. */
    public boolean isInBoth() {
      return images > 0 && withImages > 0;
    }

    /** A number that was compared. */
    public Optional<Changed> change(ComparedKind kind, String measure) {
      return of(kind).filter(change -> change.measure().equals(measure)).findFirst();
    }

    /** Numbers of one kind. */
    public Stream<Changed> of(ComparedKind kind) {
      return changes.stream().filter(change -> change.kind() == kind);
    }

    /** For templates: numbers of one kind. */
    public List<Changed> ofKind(String kind) {
      return changes.stream().filter(change -> change.kind().text().equals(kind)).toList();
    }

    /** Mean of a number in one audit; NaN if it was not compared. */
    public double mean(String kind, String measure, boolean second) {
      return changes.stream()
          .filter(one -> one.kind().text().equals(kind) && one.measure().equals(measure))
          .findFirst()
          .map(one -> second ? one.difference().withMean() : one.difference().mean())
          .orElse(Double.NaN);
    }

    /** Whether a number of it was compared. */
    boolean isTested(ComparedKind kind, String measure) {
      return change(kind, measure).filter(one -> !Double.isNaN(one.difference.p())).isPresent();
    }

    /** The same with the numbers of at least so many images in both audits. */
    OfClass ofAtLeast(long fewest) {
      return new OfClass(
          index,
          name,
          images,
          withImages,
          pairs,
          meanMap,
          withMeanMap,
          moved,
          changes.stream()
              .filter(one -> Math.min(one.difference.n(), one.difference.withN()) >= fewest)
              .toList(),
          pictures);
    }

    /** How many numbers differ more than chance explains. */
    public long sure() {
      return changes.stream().filter(Changed::isSure).count();
    }
  }

  /**
   * A number in both audits.
   *
   * @param featureMap its index; -1 if it is about none
   * @param trait what the images have in common; empty for all images
   * @param q of all numbers of this kind with a q this small together, at most this share is
   *     expected to be chance; NaN if it was not tested
   * @param restIsItsOwn whether images without a partner are in one audit only
   */
  public record Changed(
      ComparedKind kind,
      String measure,
      int featureMap,
      Optional<Trait> trait,
      Difference difference,
      double q,
      boolean restIsItsOwn) {
    private static final double SURE = 0.05;

    /** Images without a partner are told of if they differ so many times as much, and surely. */
    private static final double OF_REST = 2;

    private static final double SURE_OF_REST = 0.01;

    /** And if so much of the whole difference is theirs. */
    private static final double MOST = 0.8;

    /** By kind; the few numbers that all classes have by name, the others largest first. */
    public static final Comparator<Changed> IN_ORDER =
        Comparator.comparing(Changed::kind)
            .thenComparingDouble(one -> one.isOneOfMany() ? -Math.abs(one.gap()) : 0)
            .thenComparing(Changed::measure);

    private boolean isOneOfMany() {
      return kind == ComparedKind.FEATURE_MAP || kind == ComparedKind.SLICE;
    }

    /** Whether chance does not explain the difference. */
    public boolean isSure() {
      return q <= SURE;
    }

    /** Second less first. */
    public double gap() {
      return difference.gap();
    }

    /** Whether the difference is that of images which only one of the two has. */
    public boolean isOfRest() {
      return restIsItsOwn
          && difference.rest().p() <= SURE_OF_REST
          && difference.partOfRest() >= MOST
          && Math.abs(difference.rest().gap()) >= OF_REST * Math.abs(gap());
    }

    /**
     * The first mean that a sentence tells: of all images, or of those that make the difference.
     */
    public double told() {
      return isOfRest() ? difference.rest().mean() : difference.mean();
    }

    /** The second mean that a sentence tells. */
    public double toldWith() {
      return isOfRest() ? difference.rest().withMean() : difference.withMean();
    }

    public double toldGap() {
      return toldWith() - told();
    }

    /** Whether the number is a share, or between 0 and 1 in another way. */
    public boolean isShare() {
      return switch (kind) {
        case PREDICTION, REGION, FEATURE_MAP, SLICE -> true;
        case FAITHFULNESS -> false;
        case ATTENTION -> measure.equals("blank");
      };
    }
  }

  /**
   * An image that shows what differs.
   *
   * @param className the class that was explained
   * @param region where the attention is shown; empty if it is shown that it moved
   * @param file its picture; empty if it could not be read
   * @param amount share of the attention that lies elsewhere, or in the region
   * @param width of the picture, in pixels of the upright original
   * @param from what the first audit saw; empty if it does not have the image
   */
  public record ShownImage(
      String imageId,
      String className,
      Optional<Region> region,
      Optional<String> file,
      double amount,
      int width,
      int height,
      Optional<Seen> from,
      Seen with) {}

  /**
   * What an audit saw in an image.
   *
   * @param predicted the class
   * @param probability of the class that was explained
   * @param map on the layer's grid
   * @param view the part of the picture that the network saw, in pixels of the upright original
   */
  public record Seen(String predicted, double probability, Grid map, Box view) {}
}
