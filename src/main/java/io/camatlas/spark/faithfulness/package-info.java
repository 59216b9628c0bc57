/**
 * Tests on a sample of explanations whether maps are faithful to the network. Read {@link
 * io.camatlas.spark.faithfulness.FaithfulnessJob} first.
 */
package io.camatlas.spark.faithfulness;
