/** Explains a dataset. Read {@link io.camatlas.spark.explain.ExplainJob} first. */
package io.camatlas.spark.explain;
