/**
 * Mergeable states of a dataset's explanations, and the metrics read from them.
 *
 * <p>A <i>state</i> keeps counts, moments, histograms, sketches and bounded lists. States merge in
 * any order, and can be written and read. A <i>metric</i> is read from a state. Nothing here knows
 * where rows come from.
 *
 * <p>Imports {@code localize} and two libraries that come with Spark, DataSketches and Commons
 * Math. Read {@link io.camatlas.atlas.Moments} first.
 */
package io.camatlas.atlas;
