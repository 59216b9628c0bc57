/** Packs images into a table. Read {@link io.camatlas.spark.pack.PackJob} first. */
package io.camatlas.spark.pack;
