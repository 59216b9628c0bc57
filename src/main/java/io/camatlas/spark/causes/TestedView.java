package io.camatlas.spark.causes;

import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ViewReport;
import java.util.List;

/** A view whose suspects are tested. */
record TestedView(ViewReport view, ExplainedRun run, List<Suspect> suspects) {}
