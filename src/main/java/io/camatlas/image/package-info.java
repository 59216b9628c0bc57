/**
 * Decoding and transforms; each can map pixels back to the original image.
 *
 * <p>Imports OpenCV and nothing else. Coordinates are continuous and begin at the top left: pixel i
 * covers [i, i+1). Read {@link io.camatlas.image.ImageDecoder} and {@link
 * io.camatlas.image.Preprocessing}.
 */
package io.camatlas.image;
