package io.camatlas.report.findings;

import io.camatlas.causes.Place;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Region;

/** What places are called. */
public final class PlaceWords {
  private PlaceWords() {}

  /** A phrase for a place: {@code the bottom left corner}, {@code the border}. */
  public static String of(Place place) {
    for (Region region : Region.values()) {
      if (region.boxes().equals(place.boxes())) {
        return FlaggedRegions.subject(region);
      }
    }
    FractionBox box = place.boxes().get(0);
    String where = new HotSpot(box.x0(), box.y0(), box.x1(), box.y1(), 0).place();
    return where.endsWith(" corner") ? where.substring("in ".length()) : "a rectangle " + where;
  }
}
