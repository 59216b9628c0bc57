/**
 * Decoding and transforms: file bytes become 8-bit RGB pixels, pixels become a network's input
 * plane, and places in that plane map back to pixels.
 *
 * <p>Colours and sizes are Pillow's and torchvision's, because that is what most networks were
 * trained behind. Read {@link io.camatlas.image.ImageDecoder} and {@link
 * io.camatlas.image.Preprocessing} first. Imports OpenCV and the JDK; knows nothing of Spark, of
 * DJL or of the other packages.
 */
package io.camatlas.image;
