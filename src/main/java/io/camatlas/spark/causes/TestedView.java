package io.camatlas.spark.causes;

import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.results.ExplainedRun;
import java.util.List;

/** A view whose suspects are tested. */
record TestedView(ViewReport view, ExplainedRun run, List<Suspect> suspects) {}
