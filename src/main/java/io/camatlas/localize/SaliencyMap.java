package io.camatlas.localize;

/**
 * Where a network looked, on the grid of a layer.
 *
 * @param values not negative, not normalised, {@code [h,w]}, row-major, row 0 on top
 * @param height h
 * @param width w
 */
public record SaliencyMap(float[] values, int height, int width) {}
