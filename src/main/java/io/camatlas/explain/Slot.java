package io.camatlas.explain;

/**
 * The place of one explanation in its group.
 *
 * @param image its row
 * @param rank place of the class among the image's targets
 * @param layer place of the layer in the plan
 * @param rule place of the rule among the settings' rules
 */
record Slot(int image, int rank, int layer, int rule) {}
