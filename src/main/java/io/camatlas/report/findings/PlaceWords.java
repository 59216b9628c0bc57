package io.camatlas.report.findings;

import io.camatlas.causes.Place;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Region;
import java.util.List;

/** What places are called. */
public final class PlaceWords {
  /** Rectangles this near to an edge reach it. */
  private static final double NEAR = 0.1;

  private static final String SEVERAL = "in several places";

  private PlaceWords() {}

  /** A phrase for a place: {@code the bottom left corner}, {@code the border}. */
  public static String of(Place place) {
    String where = where(place);
    return where.endsWith(" corner") || where.endsWith("corners") || where.equals("at the border")
        ? where.replaceFirst("^(at|in) ", "")
        : where.equals(SEVERAL)
            ? "several places"
            : (place.boxes().size() > 1 ? "rectangles " : "a rectangle ") + where;
  }

  /** The same as it ends a sentence: {@code in the bottom left corner}, {@code at the border}. */
  static String where(Place place) {
    for (Region region : Region.values()) {
      if (region.boxes().equals(place.boxes())) {
        return FlaggedRegions.place(region);
      }
    }
    if (surrounds(place)) {
      return "at the border";
    }
    List<String> words =
        place.boxes().stream()
            .map(box -> new HotSpot(box.x0(), box.y0(), box.x1(), box.y1(), 0).place())
            .distinct()
            .toList();
    return words.size() == 1 ? words.get(0) : SEVERAL;
  }

  /** What it is called where it is covered: {@code the bottom left corner}, or this place. */
  static String covered(Place place) {
    String name = of(place);
    return name.startsWith("the ")
        ? name
        : place.boxes().size() > 1 ? "these places" : "this place";
  }

  /** Whether there are rectangles along at least three edges. */
  private static boolean surrounds(Place place) {
    int edges = 0;
    for (int edge = 0; edge < 4; edge++) {
      int side = edge;
      edges += place.boxes().stream().anyMatch(box -> isAlong(box, side)) ? 1 : 0;
    }
    return place.boxes().size() > 1 && edges >= 3;
  }

  private static boolean isAlong(FractionBox box, int edge) {
    double wide = box.x1() - box.x0();
    double high = box.y1() - box.y0();
    return switch (edge) {
      case 0 -> box.y0() <= NEAR && wide > high;
      case 1 -> box.y1() >= 1 - NEAR && wide > high;
      case 2 -> box.x0() <= NEAR && high > wide;
      default -> box.x1() >= 1 - NEAR && high > wide;
    };
  }
}
