package io.camatlas.compare;

import io.camatlas.atlas.MapMeasure;
import io.camatlas.localize.Region;
import java.util.ArrayList;
import java.util.List;

/** The numbers of an explanation that are compared, in the order in which vectors hold them. */
final class ComparedNumbers {
  /** Measures of a map that is not blank, then its mass in each region. */
  static final List<Of> OF_MAP = ofMap();

  private ComparedNumbers() {}

  /** A number's kind and name. */
  record Of(ComparedKind kind, String name) {}

  /** The place of a region's share. */
  static int at(Region region) {
    return MapMeasure.values().length + List.of(Region.values()).indexOf(region);
  }

  private static List<Of> ofMap() {
    List<Of> all = new ArrayList<>();
    for (MapMeasure measure : MapMeasure.values()) {
      all.add(new Of(ComparedKind.ATTENTION, measure.column()));
    }
    for (Region region : Region.values()) {
      all.add(new Of(ComparedKind.REGION, region.text()));
    }
    return List.copyOf(all);
  }
}
