/**
 * Concepts given by examples: a direction in the space of a layer's mean activations, found from a
 * few images that show a thing and others, and what it says of images and classes.
 *
 * <p>Plain Java on arrays of numbers; imports nothing of this project. Read {@link
 * io.camatlas.concepts.ConceptFit}, then {@link io.camatlas.concepts.ConceptVector}.
 */
package io.camatlas.concepts;
