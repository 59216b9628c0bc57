package io.camatlas.suggest;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that a misspelt one was probably meant to be. */
public final class NearestName {
  private NearestName() {}

  /**
   * Finds the nearest name by optimal string alignment distance, ignoring case.
   *
   * @param given the name that was given
   * @param known the names that exist
   * @return the nearest name (ties: the first in iteration order), or empty if none is nearer than
   *     half of the longer name's length
   */
  public static Optional<String> of(String given, Collection<String> known) {
    String wanted = given.toLowerCase(Locale.ROOT);
    return known.stream()
        .map(name -> new Candidate(name, distance(wanted, name.toLowerCase(Locale.ROOT))))
        .filter(c -> 2 * c.distance <= Math.max(given.length(), c.name.length()))
        .min(Comparator.comparingInt(Candidate::distance))
        .map(Candidate::name);
  }

  /** A clause such as {@code "; closest is 'layer4'"}, or nothing if no name is near. */
  public static String clause(String given, Collection<String> known) {
    return of(given, known).map(name -> "; closest is '" + name + "'").orElse("");
  }

  private record Candidate(String name, int distance) {}

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, d[i - 2][j - 2] + 1);
        }
        d[i][j] = best;
      }
    }
    return d[a.length()][b.length()];
  }
}
