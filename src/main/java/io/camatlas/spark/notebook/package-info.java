/**
 * The tables, maps and pictures of a finished run or atlas, for people who work in a notebook.
 *
 * <pre>
 * CamAtlas atlas = CamAtlas.open(spark, "camatlas-demo");
 * atlas.views();                                   // camatlas_explanations, camatlas_spatial_bias …
 * atlas.spatialBias().where("flag").show();
 * float[][] map = atlas.map(imageId);              // rows from the top
 * atlas.overlay(imageId).write("overlay.png");
 * </pre>
 *
 * <p>From Python: {@code spark._jvm.io.camatlas.spark.notebook.CamAtlas.open(spark._jsparkSession,
 * path)}. Read {@link io.camatlas.spark.notebook.CamAtlas} first.
 */
package io.camatlas.spark.notebook;
