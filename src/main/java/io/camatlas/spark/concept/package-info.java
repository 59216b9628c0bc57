/**
 * The job behind {@code camatlas concept}: finds a concept's direction from examples in a finished
 * run, and ranks all its images and classes by it. No network is run.
 *
 * <p>A job on the rooms of {@code spark}. Read {@link io.camatlas.spark.concept.ConceptJob}.
 */
package io.camatlas.spark.concept;
