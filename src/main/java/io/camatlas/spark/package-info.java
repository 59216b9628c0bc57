/**
 * Spark: schemas, stages and jobs; the sole importer of Spark beside the commands.
 *
 * <p>One package for each job, {@code explain}, {@code atlas} and {@code faithfulness}, over {@code
 * input} and {@code storage}; {@code notebook} opens what they wrote. May import every feature but
 * {@code config} and {@code cli}. Read {@code explain.ExplainJob} first.
 */
package io.camatlas.spark;
