/**
 * Brings every kind of input into one table of images. Read {@link
 * io.camatlas.spark.input.ImagesTable} first.
 */
package io.camatlas.spark.input;
