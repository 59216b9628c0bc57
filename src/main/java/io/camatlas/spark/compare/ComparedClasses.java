package io.camatlas.spark.compare;

import io.camatlas.compare.ComparedRow;
import io.camatlas.spark.results.ComparisonClassesTable.Name;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes of two models. Classes of one name are one class; where a model has several of one
 * name, they are matched in their order.
 *
 * @param names of all: those of the first model by index, then those that only the second has
 * @param ofWith for each class of the second model its index among {@code names}
 * @param common number of classes that both have
 */
record ComparedClasses(List<Name> names, int[] ofWith, int common) implements Serializable {
  /** The index of all classes together. */
  static final int ALL = ComparedRow.ALL;

  static ComparedClasses of(List<String> from, List<String> with) {
    Map<String, Integer> known = new HashMap<>();
    Map<String, Integer> times = new HashMap<>();
    List<Name> names = new ArrayList<>();
    for (String name : from) {
      known.put(key(name, times), names.size());
      names.add(new Name(name, names.size(), null));
    }
    times.clear();
    int[] ofWith = new int[with.size()];
    int common = 0;
    for (int i = 0; i < ofWith.length; i++) {
      String name = with.get(i);
      Integer at = known.get(key(name, times));
      if (at == null) {
        ofWith[i] = names.size();
        names.add(new Name(name, names.size(), i));
      } else {
        ofWith[i] = at;
        names.set(at, new Name(name, at, i));
        common++;
      }
    }
    return new ComparedClasses(List.copyOf(names), ofWith, common);
  }

  private static String key(String name, Map<String, Integer> times) {
    return times.merge(name, 1, Integer::sum) + " " + name;
  }

  /** The class with a common index, or all classes. */
  Name name(int index) {
    return index == ALL ? Name.ALL : names.get(index);
  }

  /** The same index for each class of the first model. */
  int[] ofFrom() {
    int[] same = new int[names.size()];
    Arrays.setAll(same, i -> i);
    return same;
  }
}
