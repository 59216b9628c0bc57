/**
 * Spark: schemas, stages and jobs; the only importer of Spark besides {@code cli} and {@code ml}.
 *
 * <p>Sub-packages, from the bottom up: {@code storage} manages folders, {@code input} finds images,
 * {@code results} declares every table that is written, and {@code executor} runs inside tasks. On
 * these build the jobs {@code explain}, {@code atlas}, {@code faithfulness}, {@code report} and
 * {@code pack}, and {@code notebook}, which opens what they wrote; none of these depends on
 * another. May import every feature but {@code cli} and {@code ml}. Read {@code
 * results.ExplanationsTable} and {@code explain.ExplainJob} first.
 */
package io.camatlas.spark;
