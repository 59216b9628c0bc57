package io.camatlas.explain;

/**
 * The position of one explanation in its group.
 *
 * @param image the image's row
 * @param rank index of the class among the image's targets
 * @param layer index of the layer in the plan
 * @param rule index of the rule in the settings' rules
 */
record Slot(int image, int rank, int layer, int rule) {}
