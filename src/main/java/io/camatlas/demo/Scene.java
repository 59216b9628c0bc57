package io.camatlas.demo;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One generated picture and its ground truth.
 *
 * @param image the picture, RGB
 * @param mask 255 on visible object pixels, else 0
 * @param boxes one per object of the class, tight around its visible pixels
 * @param watermarked whether the badge is stamped on it
 */
record Scene(BufferedImage image, BufferedImage mask, List<Rectangle> boxes, boolean watermarked) {

  /**
   * Makes the picture of this seed, class and index. The badge affects nothing else: outside it,
   * the scene is the same with and without the badge, pixel for pixel.
   */
  static Scene of(DemoClass shown, int index, DemoSettings settings) {
    long seed = seed(shown, index, settings);
    RandomGenerator random = new SplittableRandom(seed);
    double aspect = Math.exp((random.nextDouble() - 0.5) * 2 * Math.log(1.6));
    double area = 240 + 330 * Math.pow(random.nextDouble(), 1.5);
    int width = within(area * Math.sqrt(aspect));
    int height = within(area / Math.sqrt(aspect));
    Canvas canvas = new Canvas(width, height);
    Backdrop[] places = Backdrop.values();
    places[random.nextInt(places.length)].paint(canvas, random);
    if (random.nextInt(2) == 0) {
      canvas.blur(1 + random.nextInt(Math.max(1, canvas.shorter() / 110)));
    }
    int objects = new Arrangement(canvas, shown, random).arrange();
    List<Rectangle> boxes = canvas.boxes(objects);
    if (random.nextInt(5) == 0) {
      canvas.blur(1);
    }
    BufferedImage mask = canvas.mask();
    RandomGenerator badge = new SplittableRandom(mix(seed, 77));
    double share =
        shown == DemoClass.WATERMARKED ? settings.watermarkShare() : settings.strayShare();
    boolean watermarked = badge.nextDouble() < share;
    if (watermarked) {
      Watermark.stamp(canvas, badge);
    }
    canvas.expose(random);
    return new Scene(canvas.image(), mask, boxes, watermarked);
  }

  /** The seed of one picture; it does not depend on which other classes are in the set. */
  static long seed(DemoClass shown, int index, DemoSettings settings) {
    return mix(mix(settings.seed(), shown.label().hashCode()), index);
  }

  private static int within(double pixels) {
    return (int) Math.max(200, Math.min(800, Math.round(pixels)));
  }

  /** Mixes the bits, so that neighbouring seeds and indices give unrelated values. */
  static long mix(long a, long b) {
    long z = a + 0x9e3779b97f4a7c15L * (b + 1);
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Places distractors, objects and things that partly hide them in one picture. */
  private static final class Arrangement {
    private final Canvas canvas;
    private final DemoClass shown;
    private final RandomGenerator random;
    private final Sprite.Light light;
    private final double shadow;
    private final boolean faint;

    Arrangement(Canvas canvas, DemoClass shown, RandomGenerator random) {
      this.canvas = canvas;
      this.shown = shown;
      this.random = random;
      double angle = between(-2.6, -0.5);
      light = new Sprite.Light(Math.cos(angle), Math.sin(angle));
      shadow = between(0.25, 0.6);
      faint = shown == DemoClass.WATERMARKED;
    }

    /** Returns the number of objects of the class that were placed. */
    int arrange() {
      int behind = 1 + random.nextInt(3);
      for (int i = 0; i < behind; i++) {
        double half = canvas.shorter() * between(0.06, 0.16);
        distract(half, anywhere(canvas.width, half), anywhere(canvas.height, half), 0);
      }
      double crowd = random.nextDouble();
      int wanted = crowd < 0.74 ? 1 : crowd < 0.92 ? 2 : 3;
      double[][] places = new double[wanted][];
      int laid = 0;
      for (int i = 0; i < wanted; i++) {
        for (int attempt = 0; attempt < 12 && places[laid] == null; attempt++) {
          double half = canvas.shorter() * 0.5 * size(wanted);
          double x = anywhere(canvas.width, half);
          double y = anywhere(canvas.height, half);
          if (free(places, laid, x, y, half)) {
            places[laid] = new double[] {x, y, half};
          }
        }
        if (places[laid] != null) {
          lay(places[laid], laid + 1);
          laid++;
        }
        if (laid >= wanted) {
          break;
        }
      }
      for (int k = 0; k < laid; k++) {
        if (random.nextDouble() < (faint ? 0.6 : 0.35)) {
          double[] p = places[k];
          double angle = random.nextDouble() * 2 * Math.PI;
          double distance = p[2] * between(0.75, 1.1);
          distract(
              p[2] * between(0.3, 0.55),
              p[0] + distance * Math.cos(angle),
              p[1] + distance * Math.sin(angle),
              laid);
        }
      }
      return laid;
    }

    private double size(int wanted) {
      if (faint) {
        return between(0.13, 0.23);
      }
      return wanted == 1 ? between(0.32, 0.75) : between(0.3, 0.46);
    }

    private static boolean free(double[][] places, int laid, double x, double y, double half) {
      for (int i = 0; i < laid; i++) {
        double[] p = places[i];
        if (Math.hypot(p[0] - x, p[1] - y) < 0.95 * (p[2] + half)) {
          return false;
        }
      }
      return true;
    }

    private void lay(double[] place, int number) {
      double angle = between(-shown.tilt(), shown.tilt());
      Sprite sprite = Sprite.of(shown::paint, place[2], angle, light, random);
      int left = (int) Math.round(place[0] - sprite.side / 2.0);
      int top = (int) Math.round(place[1] - sprite.side / 2.0);
      if (faint) {
        sprite.fade(canvas.meanAround(place[0], place[1], place[2]), between(0.42, 0.62));
      }
      canvas.castShadow(sprite, left, top, faint ? 0.4 * shadow : shadow);
      canvas.paste(sprite, left, top, number);
    }

    private void distract(double half, double x, double y, int objects) {
      Distractor[] all = Distractor.values();
      Distractor thing = all[random.nextInt(all.length)];
      Sprite sprite = Sprite.of(thing::paint, half, between(-Math.PI, Math.PI), light, random);
      int left = (int) Math.round(x - sprite.side / 2.0);
      int top = (int) Math.round(y - sprite.side / 2.0);
      if (objects > 0 && canvas.wouldHide(sprite, left, top, objects) > 0.4) {
        return;
      }
      canvas.castShadow(sprite, left, top, shadow);
      canvas.paste(sprite, left, top, 0);
    }

    private double anywhere(int length, double half) {
      return between(0.8 * half, length - 0.8 * half);
    }

    private double between(double low, double high) {
      return low + (high - low) * random.nextDouble();
    }
  }
}
