/**
 * Images in, one outcome each out: decodes, batches, runs the network, weighs, measures.
 *
 * <p>Knows nothing of Spark, so that notebooks, tests and clusters run the same code. Imports
 * {@code image}, {@code cam}, {@code model} and {@code localize}. Read {@link
 * io.camatlas.explain.Explainer} and {@link io.camatlas.explain.ImageOutcome}.
 */
package io.camatlas.explain;
