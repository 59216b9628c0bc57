/**
 * Spark: schemas, stages and jobs; the sole importer of Spark beside {@code cli} and {@code ml}.
 *
 * <p>Rooms, from the ground up: {@code storage} keeps folders, {@code input} finds images, {@code
 * results} declares every table that is written, {@code executor} works inside tasks. On them stand
 * the jobs {@code explain}, {@code atlas}, {@code faithfulness}, {@code report} and {@code pack},
 * and {@code notebook}, which opens what they wrote; they do not know one another. May import every
 * feature but {@code cli} and {@code ml}. Read {@code results.ExplanationsTable} and {@code
 * explain.ExplainJob} first.
 */
package io.camatlas.spark;
