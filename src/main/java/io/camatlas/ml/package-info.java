/**
 * Explaining as a stage of Spark ML, for pipelines, streams and notebooks.
 *
 * <p>Adds parameters and persistence to what {@code setup} checks and {@code spark} does. May
 * import every package but {@code cli}; nothing imports it. Read {@link
 * io.camatlas.ml.SmoothGradCam}. Parameters come from {@code config}: {@link
 * io.camatlas.ml.ExplainParams} is generated.
 */
package io.camatlas.ml;
