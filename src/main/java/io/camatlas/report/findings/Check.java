package io.camatlas.report.findings;

import io.camatlas.atlas.FewImages;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import java.util.function.Function;

/**
 * A question that the report answers about the audited model. Its thresholds are constants of the
 * implementing class; {@link #rule} states them in words. To add a check, implement one of the
 * three kinds below and list it in {@link Checks}.
 */
public sealed interface Check permits Check.OfClass, Check.OfView, Check.OfDataset {
  /** The question, as the legend prints it. */
  String question();

  /** When a finding is reported, in full sentences with every threshold. */
  String rule();

  /** The threshold in a few words, to stand beside the result. */
  String threshold();

  /** What the numbers behind an answer are about; each has a table. */
  enum Basis {
    ATTENTION,
    FEATURE_MAPS_OF_CLASSES,
    FEATURE_MAPS,
    STRATEGIES,
    REGIONS,
    GROUPS,
    CALIBRATION,
    LABELS
  }

  /** Where the numbers behind an answer are. */
  default Basis basis() {
    return Basis.ATTENTION;
  }

  /** Whether it is about the images that are predicted as a class, and not about its own. */
  default boolean isOfPredicted() {
    return false;
  }

  /** Whether it is about the images that are labelled as a class, whatever is predicted. */
  default boolean isOfLabelled() {
    return false;
  }

  /** Whether the question makes sense for a view; one that does not is not listed. */
  default boolean appliesTo(ViewReport report) {
    return true;
  }

  /** Whether it is about how often the model is right, whatever was explained. */
  default boolean isAboutAnswers() {
    return false;
  }

  /** Whether experiments decide how serious the answer is. */
  default boolean isTested() {
    return false;
  }

  /** Asked of each class of a view. */
  non-sealed interface OfClass extends Check {
    /** Number of images, or maps, of a class that its answer rests on. */
    default long judged(ViewReport report, ClassReport one) {
      return isOfLabelled() ? one.predictions().labelled() : one.maps().n();
    }

    /** The fewest predictions of one kind, such as wrong ones, that are judged together. */
    long FEWEST = FewImages.LEAST;

    /**
     * Applies the check to one view. Whatever its classes are compared with is computed here, once.
     *
     * @return a function that gives the answer for a class of the view
     */
    Function<ClassReport, Answer> in(ViewReport report);
  }

  /** Asked of a view as a whole. */
  non-sealed interface OfView extends Check {
    Answer of(ViewReport report);

    /** Whether it judges the classes together, where each has too few images. */
    default boolean isPooled() {
      return false;
    }

    /** Number of images, or maps, that the answer rests on. */
    default long judged(ViewReport report) {
      return report.view().explanations();
    }
  }

  /** Asked of the images, regardless of the view. */
  non-sealed interface OfDataset extends Check {
    Answer of(ReportedDataset dataset);
  }
}
