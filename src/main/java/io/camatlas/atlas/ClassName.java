package io.camatlas.atlas;

/**
 * A class of the model.
 *
 * @param index position among the model's scores
 * @param name as in the model's card
 */
public record ClassName(int index, String name) {}
