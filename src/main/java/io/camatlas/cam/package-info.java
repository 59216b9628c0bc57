/**
 * Saliency rules on tensors, batch first, on whatever device holds the tensors.
 *
 * <p>Imports {@code ai.djl.ndarray} and Apache Commons Math: no engine, no Spark. A {@link
 * io.camatlas.cam.LayerTrace} goes in, weights come out. Read {@link
 * io.camatlas.cam.GradientMethod} first, then {@link io.camatlas.cam.SmoothGradCamPlusPlus}.
 *
 * <p>In all shapes N counts image-class pairs, K feature maps, h and w the layer's own grid.
 */
package io.camatlas.cam;
