package io.camatlas.sanity;

/**
 * One number of one map.
 *
 * @param stage of how many stages the weights were shuffled; 0 where they were not
 * @param value finite
 */
public record Checked(SanityMeasure measure, int stage, double value) {}
