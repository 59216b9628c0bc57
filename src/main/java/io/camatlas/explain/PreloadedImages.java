package io.camatlas.explain;

import java.util.List;

/**
 * Images that are decoded and wait in memory, to measure the device by itself.
 *
 * @param results as they were prepared
 */
public record PreloadedImages(List<Preparation.Result> results) {}
