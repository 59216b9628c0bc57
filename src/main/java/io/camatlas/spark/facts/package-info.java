/**
 * Reads an atlas's tables into what reports say: views, classes and feature maps.
 *
 * <p>Several jobs stand on it: a report shows it, and experiments are made of it. May import {@code
 * results}, {@code input} and {@code storage}. Read {@link io.camatlas.spark.facts.AtlasReader}
 * first.
 */
package io.camatlas.spark.facts;
