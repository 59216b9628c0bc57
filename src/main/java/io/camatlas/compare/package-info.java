/**
 * Two audits side by side: what changed between two samples of images, of which some may be the
 * same, and whether chance explains it.
 *
 * <p>States merge as those of {@code atlas}, which this package uses; it knows nothing of Spark.
 * Read {@link io.camatlas.compare.TwoSamples}, then {@link io.camatlas.compare.Difference} and
 * {@link io.camatlas.compare.ComparedClass}.
 */
package io.camatlas.compare;
