package io.camatlas.atlas;

/**
 * A class of the model.
 *
 * @param index among the scores
 * @param name as the model's card gives it
 */
public record ClassName(int index, String name) {}
