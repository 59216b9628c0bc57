/**
 * Spark: schemas, stages and jobs; the sole importer of Spark beside {@code cli} and {@code ml}.
 *
 * <p>One package for each job, {@code explain}, {@code atlas}, {@code report} and {@code
 * faithfulness}, over {@code input} and {@code storage}; {@code notebook} opens what they wrote.
 * May import every feature but {@code config}, {@code cli} and {@code ml}. Read {@code
 * explain.ExplainJob} first.
 */
package io.camatlas.spark;
