/**
 * Annotated objects for the maps of a run: from its manifest, or joined from COCO, VOC and CSV
 * files.
 *
 * <p>May import {@code results}, {@code input} and {@code storage}. Read {@link
 * io.camatlas.spark.truth.TruthObjects} first.
 */
package io.camatlas.spark.truth;
