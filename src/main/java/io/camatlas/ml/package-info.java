/**
 * Explaining as a stage of Spark ML, for pipelines, streams and notebooks.
 *
 * <p>Adds parameters and persistence to what {@code config} checks and {@code spark.explain} does.
 * May import every package but {@code cli}; nothing imports it. Read {@link
 * io.camatlas.ml.SmoothGradCam}.
 */
package io.camatlas.ml;
