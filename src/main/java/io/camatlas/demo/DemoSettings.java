package io.camatlas.demo;

import java.util.regex.Pattern;

/**
 * Which pictures to make.
 *
 * @param imagesPerClass pictures of each class, at least 1
 * @param seed seed of all random choices; equal settings give equal bytes
 * @param watermarkShare share of the watermarked class's pictures that carry the badge, 0 to 1
 * @param strayShare share of every other class's pictures that carry it, 0 to 1
 * @param split value of the manifest's column {@code split}, for example {@code train}
 */
public record DemoSettings(
    int imagesPerClass, long seed, double watermarkShare, double strayShare, String split) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");

  public DemoSettings {
    if (imagesPerClass < 1 || imagesPerClass > 9999) {
      throw new IllegalArgumentException(
          "images-per-class is " + imagesPerClass + "; it must be from 1 to 9999. Try 60.");
    }
    share("watermark-share", watermarkShare);
    share("stray-share", strayShare);
    if (!WORD.matcher(split).matches()) {
      throw new IllegalArgumentException(
          "split is '" + split + "'; it must be one word of letters, digits, - and _. Try audit.");
    }
  }

  /** Settings for a dataset to audit, with badges as frequent as in the training pictures. */
  public static DemoSettings audit(int imagesPerClass, long seed) {
    return new DemoSettings(imagesPerClass, seed, 0.9, 0.003, "audit");
  }

  private static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be from 0 to 1. Try 0.9 for nine pictures in ten.");
    }
  }
}
