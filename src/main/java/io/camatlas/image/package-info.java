/**
 * Decoding and transforms: file bytes become 8-bit RGB pixels, pixels become a network's input
 * plane, and places in that plane map back to pixels.
 *
 * <p>Colours and sizes match Pillow and torchvision, because most networks were trained with them.
 * Read {@link io.camatlas.image.ImageDecoder} and {@link io.camatlas.image.Preprocessing} first.
 * Imports OpenCV and the JDK; knows nothing of Spark, of DJL or of the other packages.
 */
package io.camatlas.image;
