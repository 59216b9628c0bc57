package io.camatlas.report.facts;

import io.camatlas.causes.Cause;
import io.camatlas.report.facts.ClassReport.Confusion;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the report shows about one view.
 *
 * @param view the view
 * @param classes classes by index
 * @param featureMaps feature maps by index
 * @param calibration bins of predictions by confidence
 * @param causes what experiments showed; empty if none were made
 * @param picturesCompared by index of the class: how its pictures were compared; empty if none were
 * @param habits what the network does whatever it is shown
 * @param faithfulness by index of the class: how its maps stand a test, and maps that know nothing
 * @param slices images of classes by what they have in common
 * @param strategies the ways in which the network comes to its classes
 * @param fewest images that a class needs for anything to be said of it
 */
public record ViewReport(
    ReportedView view,
    List<ClassReport> classes,
    List<FeatureMapReport> featureMaps,
    List<CalibrationBin> calibration,
    List<Cause> causes,
    Map<Integer, PicturesCompared> picturesCompared,
    ViewHabits habits,
    Map<Integer, List<Faithfulness>> faithfulness,
    Slices slices,
    ViewStrategies strategies,
    long fewest) {

  /** Number of images that were explained; one that has several maps counts once. */
  public long images() {
    return featureMaps.stream().mapToLong(FeatureMapReport::n).max().orElse(view.explanations());
  }

  /** Whether anything may be said of a class: it has enough images. */
  public boolean judges(ClassReport one) {
    return one.maps().visible() >= fewest;
  }

  /** Whether anything may be said of any class. */
  public boolean judgesAny() {
    return classes.stream().anyMatch(this::judges);
  }

  /** What experiments showed about a class. */
  public List<Cause> causesOf(ClassReport one) {
    return causes.stream().filter(cause -> cause.suspect().classIndex() == one.index()).toList();
  }

  /** How the pictures of a class were compared. */
  public PicturesCompared picturesComparedOf(ClassReport one) {
    return picturesCompared.getOrDefault(one.index(), PicturesCompared.NONE);
  }

  /** The same with some of its classes. */
  public ViewReport withClasses(List<ClassReport> some) {
    return new ViewReport(
        view,
        some,
        featureMaps,
        calibration,
        causes,
        picturesCompared,
        habits,
        faithfulness,
        slices,
        strategies,
        fewest);
  }

  /** The same with causes. */
  public ViewReport withCauses(List<Cause> found) {
    return new ViewReport(
        view,
        classes,
        featureMaps,
        calibration,
        found,
        picturesCompared,
        habits,
        faithfulness,
        slices,
        strategies,
        fewest);
  }

  /** The same with what is known of comparisons of pictures. */
  public ViewReport withPicturesCompared(Map<Integer, PicturesCompared> found) {
    return new ViewReport(
        view,
        classes,
        featureMaps,
        calibration,
        causes,
        found,
        habits,
        faithfulness,
        slices,
        strategies,
        fewest);
  }

  /** The same with habits. */
  public ViewReport withHabits(ViewHabits found) {
    return new ViewReport(
        view,
        classes,
        featureMaps,
        calibration,
        causes,
        picturesCompared,
        found,
        faithfulness,
        slices,
        strategies,
        fewest);
  }

  /** The same with tests of maps. */
  public ViewReport withFaithfulness(Map<Integer, List<Faithfulness>> found) {
    return new ViewReport(
        view,
        classes,
        featureMaps,
        calibration,
        causes,
        picturesCompared,
        habits,
        found,
        slices,
        strategies,
        fewest);
  }

  /** The same with strategies. */
  public ViewReport withStrategies(ViewStrategies found) {
    return new ViewReport(
        view,
        classes,
        featureMaps,
        calibration,
        causes,
        picturesCompared,
        habits,
        faithfulness,
        slices,
        found,
        fewest);
  }

  /** How the maps of a class stand a test; empty if they were not tested. */
  public List<Faithfulness> faithfulnessOf(ClassReport one) {
    return faithfulness.getOrDefault(one.index(), List.of());
  }

  /**
   * A class's mean map without what the network shows for pictures without content, as far as that
   * was measured.
   */
  public Optional<Grid> mapBeyondHabits(ClassReport one) {
    return knowsHabits(one) ? Optional.of(habits.excess().get(one.index())) : one.maps().mean();
  }

  /**
   * How dense attention is where it is densest over the mean maps of all classes, as times an even
   * map: the upper end of the one scale that all these maps are drawn with.
   */
  public double densest() {
    return classes.stream()
        .flatMap(one -> mapBeyondHabits(one).stream())
        .mapToDouble(Grid::densest)
        .max()
        .orElse(1);
  }

  /** Whether a class's map without content was measured, and is not all of its map. */
  public boolean knowsHabits(ClassReport one) {
    Grid excess = habits.excess().get(one.index());
    return excess != null && excess.sum() > 0;
  }

  /** Whether a feature map answers to the border and not to content. */
  public boolean isBorderMap(int map) {
    return habits.borderMaps().contains(map);
  }

  /** Pairs of different classes, most frequent first. */
  public List<Confusion> confusions() {
    return classes.stream()
        .flatMap(one -> one.confusions().stream().filter(pair -> pair.labelIndex() == one.index()))
        .filter(pair -> pair.labelIndex() != pair.predictedIndex())
        .sorted(Comparator.comparingLong(Confusion::n).reversed())
        .toList();
  }
}
