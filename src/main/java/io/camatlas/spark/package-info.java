/**
 * Schemas, row codecs and stages: the explain job over a cluster.
 *
 * <p>The only importer of Spark beside {@code cli}. Read {@link io.camatlas.spark.ExplainJob}
 * first; {@link io.camatlas.spark.ExplanationsTable} and {@link io.camatlas.spark.FailuresTable}
 * are the contract with readers of the tables.
 */
package io.camatlas.spark;
