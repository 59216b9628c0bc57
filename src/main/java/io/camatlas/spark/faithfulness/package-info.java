/**
 * Asks on a sample whether maps can be believed. Read {@link
 * io.camatlas.spark.faithfulness.FaithfulnessJob} first.
 */
package io.camatlas.spark.faithfulness;
