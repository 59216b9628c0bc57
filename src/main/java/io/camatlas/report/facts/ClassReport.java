package io.camatlas.report.facts;

import io.camatlas.localize.Region;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the report shows about one class. Numbers are NaN if the atlas has none.
 *
 * @param name the class's name
 * @param index the class's index
 * @param predictions how well images with this label are predicted
 * @param maps mean maps of all, correct and wrong explanations
 * @param measures distributions of single maps' measurements
 * @param regions shares of the attention
 * @param truth agreement with annotated objects
 * @param featureMaps the most relevant feature maps, in descending order
 * @param confusions confusions that involve the class, most frequent first
 * @param singles pictures and histograms of single explanations
 */
public record ClassReport(
    String name,
    int index,
    Predictions predictions,
    Maps maps,
    List<Measured> measures,
    List<RegionShare> regions,
    Optional<Truth> truth,
    List<MapShare> featureMaps,
    List<Confusion> confusions,
    Singles singles) {

  /**
   * How well the class is predicted.
   *
   * @param labelled number of images with this label
   * @param accuracy share of them predicted correctly
   * @param precision share of the images predicted as this class that are correct
   * @param confidence mean probability of the predicted class
   * @param scores where images may have several labels; {@code accuracy} is the sensitivity then
   */
  public record Predictions(
      long labelled,
      double accuracy,
      double precision,
      double confidence,
      Optional<LabelScores> scores) {}

  /**
   * Grids of a class; absent if it has no maps.
   *
   * @param n number of explanations of the class
   * @param blank number of them with a blank map
   */
  public record Maps(
      long n,
      long blank,
      Optional<Grid> mean,
      Optional<Grid> variance,
      Optional<Grid> peaks,
      Split right,
      Split wrong) {
    /** Number of explanations whose map is not blank. */
    public long visible() {
      return n - blank;
    }
  }

  /**
   * The maps of either correct or wrong predictions.
   *
   * @param n number of maps that are not blank
   */
  public record Split(long n, Optional<Grid> mean) {}

  /**
   * Details that are read from the runs behind the atlas.
   *
   * @param histograms of entropy, spread and confidence
   * @param meanImage mean of some of the class's images
   * @param pictures the images shown, each once
   */
  public record Singles(
      List<Histogram> histograms, Optional<MeanImage> meanImage, List<ShownPicture> pictures) {
    public static final Singles NONE = new Singles(List.of(), Optional.empty(), List.of());

    /** Pictures chosen for one reason, in the order of their rank. */
    public List<ShownPicture> picturesOf(PictureKind kind) {
      return pictures.stream()
          .filter(picture -> picture.ranks().containsKey(kind))
          .sorted(Comparator.comparing(picture -> picture.ranks().get(kind)))
          .toList();
    }
  }

  /** Mean and quantiles of a measurement; {@code name} is as in the table class_attention. */
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

    /** The name of a region in tables and sentences. */
    public static String name(Region region) {
      return region.text().replace('_', ' ');
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

  /** A feature map that a class relies on. */
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
   * @param measure name of the measurement
   * @param low edge of the first bin
   * @param high edge of the last bin
   * @param right counts of right predictions
   * @param wrong counts of wrong predictions
   * @param unlabelled counts of images without a label
   */
  public record Histogram(
      String measure, double low, double high, long[] right, long[] wrong, long[] unlabelled) {}

  /**
   * A mean of images, as the network saw them.
   *
   * @param images number of images
   * @param jpeg the picture as a JPEG file
   */
  public record MeanImage(int images, byte[] jpeg) {}

  /** The share of a region; absent if the class has no maps. */
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
}
