/**
 * Every table that is written, and the descriptions of result folders. Read {@link
 * io.camatlas.spark.results.ExplanationsTable} and {@link io.camatlas.spark.results.AtlasTables}
 * first.
 */
package io.camatlas.spark.results;
