package io.camatlas.spark.explain;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/**
 * Pictures with several of 14 labels, or none, as the network labels.pt knows them (see
 * several_labels.py): squares and discs of six colours, stripes, and 'marked', which has nothing
 * but a white mark in the upper left corner of most of its pictures.
 */
final class SeveralLabelsPictures {
  static final int LABELS = 14;
  static final int MARKED = 13;

  private static final int STRIPES = 12;
  private static final int SIDE = 96;
  private static final int PATCH = 32;
  private static final int SIZE = 22;
  private static final int EDGE = 16;
  private static final int STRIPE = 3;
  private static final double SHARE = 0.15;
  private static final double WITH_MARK = 0.9;
  private static final double NOISE = 6;
  private static final Color[] COLOURS = {
    new Color(210, 40, 40),
    new Color(40, 170, 60),
    new Color(50, 70, 210),
    new Color(220, 200, 50),
    new Color(40, 190, 200),
    new Color(200, 60, 190)
  };

  private SeveralLabelsPictures() {}

  /** Copies the network and its sidecar. */
  static Path copyNetwork(Path folder) throws IOException {
    for (String file : List.of("labels.pt", "labels.json")) {
      try (InputStream in =
          SeveralLabelsPictures.class.getResourceAsStream("/io/camatlas/model/labels/" + file)) {
        Files.copy(in, folder.resolve(file));
      }
    }
    return folder.resolve("labels.pt");
  }

  /** File name of a picture. */
  static String name(int number) {
    return "%04d.png".formatted(number);
  }

  /** Draws pictures into a folder; returns the labels of each. */
  static List<Set<Integer>> write(Path folder, int count, long seed) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(seed);
    List<Set<Integer>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Set<Integer> labels = new TreeSet<>();
      for (int label = 0; label < LABELS; label++) {
        if (random.nextDouble() < SHARE) {
          labels.add(label);
        }
      }
      ImageIO.write(draw(labels, random), "png", folder.resolve(name(i)).toFile());
      all.add(labels);
    }
    return all;
  }

  private static BufferedImage draw(Set<Integer> labels, Random random) {
    BufferedImage image = background(random);
    Graphics2D pen = image.createGraphics();
    List<Integer> order = new ArrayList<>(labels);
    Collections.shuffle(order, random);
    for (int label : order) {
      if (label == MARKED) {
        if (random.nextDouble() < WITH_MARK) {
          pen.setColor(new Color(250, 250, 250));
          pen.fillRect(3, 3, 12, 12);
        }
        continue;
      }
      int left = EDGE + random.nextInt(SIDE - SIZE - EDGE);
      int top = EDGE + random.nextInt(SIDE - SIZE - EDGE);
      if (label == STRIPES) {
        for (int y = 0; y < SIZE; y++) {
          int level = y / STRIPE % 2 == 0 ? 20 : 235;
          pen.setColor(new Color(level, level, level));
          pen.fillRect(left, top + y, SIZE, 1);
        }
        continue;
      }
      pen.setColor(COLOURS[label / 2]);
      if (label % 2 == 0) {
        pen.fillRect(left, top, SIZE, SIZE);
      } else {
        pen.fillOval(left, top, SIZE, SIZE);
      }
    }
    pen.dispose();
    return image;
  }

  private static BufferedImage background(Random random) {
    int patches = SIDE / PATCH;
    double[][] levels = new double[patches * patches][];
    for (int i = 0; i < levels.length; i++) {
      levels[i] =
          new double[] {
            60 + random.nextInt(130), 60 + random.nextInt(130), 60 + random.nextInt(130)
          };
    }
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double[] own = levels[y / PATCH * patches + x / PATCH];
        image.setRGB(
            x,
            y,
            new Color(level(own[0], random), level(own[1], random), level(own[2], random))
                .getRGB());
      }
    }
    return image;
  }

  private static int level(double mean, Random random) {
    return (int) Math.max(0, Math.min(255, Math.round(mean + NOISE * random.nextGaussian())));
  }
}
