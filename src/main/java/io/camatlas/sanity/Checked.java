package io.camatlas.sanity;

/**
 * One number of one map.
 *
 * @param degree how much was changed: of how many stages the weights were shuffled, or how many
 *     percent of the pixels were replaced; 0 where it is neither
 * @param value finite
 */
public record Checked(SanityMeasure measure, int degree, double value) {}
