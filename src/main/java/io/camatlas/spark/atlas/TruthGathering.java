package io.camatlas.spark.atlas;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.spark.input.HadoopMasks;
import io.camatlas.spark.results.AnnotatedImage;
import io.camatlas.truth.ClassTruthState;
import io.camatlas.truth.GroundTruth;
import io.camatlas.truth.MaskFiles;
import io.camatlas.truth.TruthEvaluation;
import io.camatlas.truth.TruthException;
import io.camatlas.truth.TruthObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.util.SerializableConfiguration;

/** Measures explanations against ground truth, within a partition. */
final class TruthGathering {
  private final TruthChoice choice;
  private final MaskFiles files;
  private final Map<Gathering.Group, Map<ClassName, ClassTruthState>> states = new HashMap<>();

  /** The last image and class; its maps of several layers share the preparation. */
  private String lastKey = "";

  private TruthEvaluation last;

  TruthGathering(TruthChoice choice, SerializableConfiguration hadoop) {
    this.choice = choice;
    this.files = new HadoopMasks(hadoop.value());
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
        last = evaluation(image, row).orElse(null);
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

  private Optional<TruthEvaluation> evaluation(AnnotatedImage image, ExplainedRow row) {
    List<TruthObject> objects = objects(image, row);
    if (objects.stream().allMatch(TruthObject::crowd)) {
      return Optional.empty();
    }
    return Optional.of(new TruthEvaluation(objects, image.mapping(), files));
  }

  /** The objects that a class's map should show. */
  private List<TruthObject> objects(AnnotatedImage image, ExplainedRow row) {
    boolean isLabel = row.mayShowObjectsOf(image.label());
    List<TruthObject> all =
        choice.isFile()
            ? TruthSource.of(image.candidates(), image.imageId(), image.path())
                .map(GroundTruth::objects)
                .orElse(List.of())
            : isLabel ? image.objects(files) : List.of();
    return all.stream()
        .filter(
            object ->
                (choice.byLabel() || object.className().isEmpty())
                    ? isLabel
                    : object.className().equals(row.target().name()))
        .toList();
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
