/**
 * Schemas, row codecs and stages: the jobs explain, atlas and faithfulness over a cluster.
 *
 * <p>The only importer of Spark beside {@code cli}. Read {@link io.camatlas.spark.ExplainJob} and
 * {@link io.camatlas.spark.AtlasJob} first. The contract with readers of the tables is one class
 * each: {@link io.camatlas.spark.ExplanationsTable}, {@link io.camatlas.spark.FailuresTable}, every
 * {@code AtlasTable}, {@link io.camatlas.spark.FaithfulnessTable}. {@link
 * io.camatlas.spark.AtlasViews} makes them known to SQL.
 */
package io.camatlas.spark;
