package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import io.camatlas.cam.LayerTrace;
import java.util.Optional;

/**
 * Activations and derivatives at one layer for some rows of a group, still on the device.
 *
 * @param rows the N rows
 * @param rank index, among each image's targets, of the class that was differentiated
 * @param layer index of the layer in the plan
 * @param trace activations of the clean images and derivatives
 * @param sampleWeights weights that each of several noise samples gives by itself, {@code [N,n,K]}
 */
record LayerGradients(
    Rows rows, int rank, int layer, LayerTrace trace, Optional<NDArray> sampleWeights) {}
