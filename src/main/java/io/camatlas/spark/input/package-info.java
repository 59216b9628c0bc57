/**
 * Converts every kind of input to one table of images. Read {@link
 * io.camatlas.spark.input.ImagesTable} first; {@link io.camatlas.spark.input.ImageSource} lists the
 * forms in which images can be given.
 */
package io.camatlas.spark.input;
