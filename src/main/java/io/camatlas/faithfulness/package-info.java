/**
 * Whether a map is faithful: what the network predicts when the pixels that the map marks are kept
 * or removed.
 *
 * <p>Average Drop and Increase in Confidence (Grad-CAM++, arXiv:1710.11063, sec. 4.1), insertion
 * and deletion (RISE, arXiv:1806.07421), each with the same numbers for a random map and for the
 * middle of the image. Knows nothing of Spark. Imports {@code model} and {@code atlas}. Read {@link
 * io.camatlas.faithfulness.FaithfulnessScorer} first.
 */
package io.camatlas.faithfulness;
