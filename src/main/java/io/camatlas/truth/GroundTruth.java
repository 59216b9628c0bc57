package io.camatlas.truth;

import java.io.Serializable;
import java.util.List;

/**
 * The annotations of one image.
 *
 * @param objects in the file's order; may be empty
 */
public record GroundTruth(List<TruthObject> objects) implements Serializable {
  public GroundTruth {
    objects = List.copyOf(objects);
  }

  /** The objects of one class; the name must match exactly. */
  public List<TruthObject> ofClass(String className) {
    return objects.stream().filter(object -> object.className().equals(className)).toList();
  }
}
