package io.camatlas.sanity;

import java.util.Locale;

/** What is measured of a map that was made again. */
public enum SanityMeasure {
  /**
   * Rank correlation of the map with that of the network whose upper layers have shuffled weights,
   * -1 to 1 (cascading randomisation of Adebayo et al. 2018, arXiv:1810.03292). A map that shows
   * what was learned loses it.
   */
  RANDOMISED,
  /**
   * How much the entropy of the map's values rises when all weights are shuffled, as a share of
   * what it was (efficient MPRT of Hedström et al. 2023, arXiv:2401.06465, as Quantus computes it).
   */
  ENTROPY_RISE,
  /**
   * Rank correlation with the map of another class, -1 to 1 (random logit of Sixt et al. 2020,
   * arXiv:1912.09818).
   */
  OTHER_CLASS,
  /**
   * Mean distance to maps of nearly the same image, as a share of the map's own length, at least 0;
   * each map is divided by its maximum (sensitivity of Yeh et al. 2019, arXiv:1901.09392,
   * averaged).
   */
  SENSITIVITY,
  /**
   * (1 + r) / 2 with r the correlation between the map and that of the image dimmed by it, 0 to 1
   * (Poppi et al. 2021, arXiv:2104.10252). Their code correlates enlarged maps; here the layer's
   * grid is taken.
   */
  COHERENCY,
  /** Mean of the map on the input, divided by its maximum, 0 to 1 (Poppi et al. 2021). */
  COMPLEXITY,
  /**
   * Harmonic mean of coherency, 1 - complexity and 1 - average drop, 0 to 1 (Poppi et al. 2021).
   */
  ADCC,
  /**
   * Whether the class is still predicted once the pixels that the map marks most are replaced by
   * what lies around them, 0 or 1; the degree is the share of pixels, in percent (ROAD of Rong et
   * al. 2022, arXiv:2202.00449, most relevant first). A map that marks what the network uses loses
   * the class soon.
   */
  ROAD,
  /** The same by a random map of the same grid, to compare with. */
  ROAD_RANDOM;

  /** Whether each map gives 0 or 1, so that a mean is a share. */
  public boolean isShare() {
    return this == ROAD || this == ROAD_RANDOM;
  }

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
