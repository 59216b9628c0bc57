/**
 * Every table that is written, and what a folder of results says of itself. Read {@link
 * io.camatlas.spark.results.ExplanationsTable} and {@link io.camatlas.spark.results.AtlasTables}
 * first.
 */
package io.camatlas.spark.results;
