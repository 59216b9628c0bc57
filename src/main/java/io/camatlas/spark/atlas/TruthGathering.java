package io.camatlas.spark.atlas;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.spark.results.AnnotatedImage;
import io.camatlas.spark.truth.TruthChoice;
import io.camatlas.spark.truth.TruthObjects;
import io.camatlas.truth.ClassTruthState;
import io.camatlas.truth.TruthEvaluation;
import io.camatlas.truth.TruthException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.util.SerializableConfiguration;

/** Measures explanations against ground truth, within a partition. */
final class TruthGathering {
  private final TruthObjects objects;
  private final Map<Gathering.Group, Map<ClassName, ClassTruthState>> states = new HashMap<>();

  /** The last image and class; its maps of several layers share the preparation. */
  private String lastKey = "";

  private TruthEvaluation last;

  TruthGathering(TruthChoice choice, SerializableConfiguration hadoop) {
    this.objects = new TruthObjects(choice, hadoop.value());
  }

  /**
   * Measures one explanation, if its class has objects in the image.
   *
   * @return whether the map's peak lies on one of them; empty if there are none, or none is left
   * @throws TruthException naming the image, if a mask or box cannot be used
   */
  Optional<Boolean> add(Gathering.Group group, ExplainedRow row, AnnotatedImage image) {
    try {
      String key = image.imageId() + "\n" + row.target().index();
      if (!key.equals(lastKey)) {
        lastKey = key;
        last = objects.of(image, row).orElse(null);
      }
      if (last == null) {
        return Optional.empty();
      }
      TruthEvaluation.Result result =
          last.measure(row.map().values(), row.map().height(), row.map().width());
      states
          .computeIfAbsent(group, fresh -> new HashMap<>())
          .computeIfAbsent(row.target(), ClassTruthState::new)
          .add(result);
      return result.measured() ? Optional.of(result.peakHit()) : Optional.empty();
    } catch (TruthException e) {
      throw new TruthException("image " + image.imageId() + ": " + e.getMessage(), e);
    }
  }

  /** Returns all states and starts again with none. */
  Iterator<Gathering.Part> drain() {
    List<Gathering.Part> parts = new ArrayList<>();
    states.forEach(
        (group, classes) ->
            classes.forEach(
                (name, state) ->
                    parts.add(
                        new Gathering.Part(
                            group,
                            ClassTruthState.KIND.name(),
                            name.index(),
                            -1,
                            ClassTruthState.KIND.write(state)))));
    states.clear();
    return parts.iterator();
  }
}
