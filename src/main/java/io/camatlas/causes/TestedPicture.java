package io.camatlas.causes;

/**
 * A picture that was shown to the network.
 *
 * @param pair number of the image among those of the suspect; pictures of one pair belong together
 * @param test what was done; null for an image as it was
 * @param state as it was, changed at the suspect's place, or elsewhere
 * @param imageId the image
 * @param file where the picture is, within the results
 * @param probability of the class
 * @param predicted name of the most probable class
 */
public record TestedPicture(
    int pair,
    CauseTest test,
    TrialState state,
    String imageId,
    String file,
    double probability,
    String predicted) {}
