/** Gathers explanations into an atlas. Read {@link io.camatlas.spark.atlas.AtlasJob} first. */
package io.camatlas.spark.atlas;
