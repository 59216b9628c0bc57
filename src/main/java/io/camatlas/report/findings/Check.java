package io.camatlas.report.findings;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import java.util.function.Function;

/**
 * A question that the report asks of what was audited. Its thresholds are constants of the class
 * that asks; {@link #rule} says them in words. Implement one of the three kinds below and add the
 * check to {@link Checks}.
 */
public sealed interface Check permits Check.OfClass, Check.OfView, Check.OfDataset {
  /** The question, as the legend prints it. */
  String question();

  /** When something is reported, in full sentences with every threshold. */
  String rule();

  /** Asked of each class of a view. */
  non-sealed interface OfClass extends Check {
    /** The fewest images of which a class is judged. */
    long FEWEST = 5;

    /**
     * The question for one view. Whatever its classes are compared with is computed here, once.
     *
     * @return answers for one of the view's classes
     */
    Function<ClassReport, Answer> in(ViewReport report);
  }

  /** Asked of a view as a whole. */
  non-sealed interface OfView extends Check {
    Answer of(ViewReport report);
  }

  /** Asked of the images, whichever view is looked at. */
  non-sealed interface OfDataset extends Check {
    Answer of(ReportedDataset dataset);
  }
}
