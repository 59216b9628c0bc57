/**
 * Turns images into outcomes, one each: decodes, batches, runs the network, computes and measures
 * maps.
 *
 * <p>Knows nothing of Spark, so that notebooks, tests and clusters run the same code. Imports
 * {@code image}, {@code cam}, {@code model} and {@code localize}. Read {@link
 * io.camatlas.explain.Explainer} and {@link io.camatlas.explain.ImageOutcome}.
 */
package io.camatlas.explain;
