package io.camatlas.spark.compare;

import io.camatlas.compare.ComparedRow;
import io.camatlas.localize.Region;
import io.camatlas.spark.results.ComparisonImagesTable;
import io.camatlas.spark.results.ComparisonImagesTable.Kept;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** The images of one class that show most of what differs, a few for each reason. */
final class KeptImages {
  /** Less has not moved: maps of noisy images differ by so much. */
  private static final double LEAST_MOVED = 0.01;

  private static final Comparator<Kept> LEAST_FIRST =
      Comparator.comparingDouble(Kept::amount)
          .thenComparing(Comparator.comparing(Kept::sha256).reversed());

  /** Attention in the centre needs no evidence, and the corners have one each. */
  private static final List<Region> REGIONS =
      List.of(
          Region.TOP_LEFT,
          Region.TOP_RIGHT,
          Region.BOTTOM_LEFT,
          Region.BOTTOM_RIGHT,
          Region.BORDER);

  private final int classIndex;
  private final int most;
  private final Map<String, PriorityQueue<Kept>> kept = new TreeMap<>();

  KeptImages(int classIndex, int most) {
    this.classIndex = classIndex;
    this.most = most;
  }

  /** Offers an image that both saw. */
  void offer(double moved, String sha256, String id, String withId) {
    if (moved >= LEAST_MOVED) {
      keep(new Kept(classIndex, ComparisonImagesTable.MOVED, moved, sha256, id, withId));
    }
  }

  /** Offers an image, which is kept if only the second audit saw it. */
  void offer(ComparedRow row, String sha256, String withId) {
    if (row.isShared()) {
      return;
    }
    for (Region region : REGIONS) {
      float mass = row.mass(region);
      if (mass > 0) {
        keep(new Kept(classIndex, region.text(), mass, sha256, null, withId));
      }
    }
  }

  private void keep(Kept image) {
    PriorityQueue<Kept> best =
        kept.computeIfAbsent(image.reason(), any -> new PriorityQueue<>(LEAST_FIRST));
    best.add(image);
    if (best.size() > most) {
      best.remove();
    }
  }

  List<Kept> all() {
    return kept.values().stream().flatMap(PriorityQueue::stream).toList();
  }
}
