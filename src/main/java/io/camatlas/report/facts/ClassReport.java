package io.camatlas.report.facts;

import io.camatlas.localize.Region;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is shown of one class. Numbers are NaN where the atlas has none.
 *
 * @param name of the class
 * @param index of the class
 * @param n explanations of it
 * @param blank of them with a blank map
 * @param labelled images with this label
 * @param accuracy share of them predicted right
 * @param precision share right of the images predicted so
 * @param confidence mean probability of the predicted class
 * @param maps grids of all, right and wrong explanations
 * @param measures distributions of single maps' measurements
 * @param regions shares of the attention
 * @param truth agreement with annotated objects
 * @param featureMaps the most relevant ones, largest first
 * @param confusions pairs that the class takes part in, most frequent first
 * @param histograms of entropy, spread and confidence
 * @param meanImage of some of its images
 * @param pictures images shown, each once
 */
public record ClassReport(
    String name,
    int index,
    long n,
    long blank,
    long labelled,
    double accuracy,
    double precision,
    double confidence,
    Maps maps,
    List<Measured> measures,
    List<RegionShare> regions,
    Optional<Truth> truth,
    List<MapShare> featureMaps,
    List<Confusion> confusions,
    List<Histogram> histograms,
    Optional<MeanImage> meanImage,
    List<ShownPicture> pictures) {

  /**
   * Grids of a class; absent where it has no maps.
   *
   * @param right images behind {@code meanRight}
   * @param wrong images behind {@code meanWrong}
   */
  public record Maps(
      Optional<Grid> mean,
      Optional<Grid> variance,
      Optional<Grid> peaks,
      long right,
      Optional<Grid> meanRight,
      long wrong,
      Optional<Grid> meanWrong) {}

  /** Mean and quantiles of a measurement; {@code name} as in the table class_attention. */
  public record Measured(String name, double mean, double p10, double p50, double p90) {}

  /** A row of the table spatial_bias. */
  public record RegionShare(
      Region region,
      double mass,
      double low,
      double high,
      double area,
      double datasetMass,
      boolean flag) {

    /** How a region is named in tables and sentences. */
    public static String name(Region region) {
      return region.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    public String name() {
      return name(region);
    }

    public double liftOfArea() {
      return mass / area;
    }

    public double liftOfDataset() {
      return datasetMass > 0 ? mass / datasetMass : Double.NaN;
    }
  }

  /** A row of the table localization_truth. */
  public record Truth(
      long n,
      double pointing,
      double pointingCentre,
      double energy,
      double energyUniform,
      double maxBoxAcc) {}

  /** A feature map that a class draws on. */
  public record MapShare(
      int map, int rank, double share, double topFiveFraction, List<MapExample> examples) {}

  /** A row of the table confusions. */
  public record Confusion(
      String label,
      int labelIndex,
      String predicted,
      int predictedIndex,
      long n,
      double confidence,
      double overlap) {}

  /**
   * Counts in bins of equal width.
   *
   * @param measure what was counted
   * @param low edge of the first bin
   * @param high edge of the last bin
   * @param right counts of right predictions
   * @param wrong counts of wrong predictions
   * @param unlabelled counts of images without a label
   */
  @SuppressWarnings("ArrayRecordComponent") // Histograms are drawn, not compared.
  public record Histogram(
      String measure, double low, double high, long[] right, long[] wrong, long[] unlabelled) {}

  /**
   * A mean of images, as the network saw them.
   *
   * @param images how many
   * @param jpeg the picture's file
   */
  @SuppressWarnings("ArrayRecordComponent") // Pictures are shown, not compared.
  public record MeanImage(int images, byte[] jpeg) {}

  /** The share of a region; absent where the class has no maps. */
  public Optional<RegionShare> region(Region region) {
    return regions.stream().filter(share -> share.region() == region).findFirst();
  }

  public Optional<RegionShare> border() {
    return region(Region.BORDER);
  }

  public Optional<RegionShare> corners() {
    return region(Region.CORNERS);
  }

  public Optional<Measured> measure(String measure) {
    return measures.stream().filter(one -> one.name().equals(measure)).findFirst();
  }

  /** Pictures chosen for one reason, in its order. */
  public List<ShownPicture> picturesOf(PictureKind kind) {
    return pictures.stream()
        .filter(picture -> picture.ranks().containsKey(kind))
        .sorted(java.util.Comparator.comparing(picture -> picture.ranks().get(kind)))
        .toList();
  }
}
