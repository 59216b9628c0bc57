package io.camatlas.spark.explain;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ProbePlan;
import java.io.Serializable;

/**
 * Everything that a task needs beside its images.
 *
 * @param archive where the probed archive lies, on a file system that all executors see
 * @param probe what the archive returns
 * @param card classes and preprocessing
 * @param settings how to explain
 * @param run what all rows share
 * @param device where networks are to live
 */
record ExplainPlan(
    String archive,
    ProbePlan probe,
    ModelCard card,
    ExplainSettings settings,
    ExplanationsTable.Run run,
    DeviceChoice device)
    implements Serializable {}
