package io.camatlas.spark;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Gathering;
import io.camatlas.image.Box;
import io.camatlas.image.ImageException;
import io.camatlas.image.PixelMapping;
import io.camatlas.truth.ClassTruthState;
import io.camatlas.truth.GroundTruth;
import io.camatlas.truth.Mask;
import io.camatlas.truth.MaskFiles;
import io.camatlas.truth.TruthEvaluation;
import io.camatlas.truth.TruthException;
import io.camatlas.truth.TruthObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import scala.jdk.javaapi.CollectionConverters;

/** Measures explanations against ground truth, inside a partition. */
final class TruthGathering {
  private static final long MOST_MASK_BYTES = 256L << 20;

  private final TruthChoice choice;
  private final MaskFiles files;
  private final Map<Gathering.Group, Map<ClassName, ClassTruthState>> states = new HashMap<>();

  /** The last image and class, whose maps of several layers share the preparation. */
  private String lastKey = "";

  private TruthEvaluation last;

  TruthGathering(TruthChoice choice, SerializableConfiguration hadoop) {
    this.choice = choice;
    this.files =
        path -> {
          try {
            return HadoopFiles.read(path, hadoop.value(), MOST_MASK_BYTES);
          } catch (ImageException e) {
            throw new IOException(e);
          }
        };
  }

  /**
   * Measures one explanation, if its class has objects in the image.
   *
   * @param row the columns of {@link GatherStage}
   * @throws TruthException naming the image, if a mask or box cannot be used
   */
  void add(Gathering.Group group, ClassName target, Row row, float[] map, int height, int width) {
    String image = row.getAs("image_id");
    try {
      String key = image + "\n" + target.index();
      if (!key.equals(lastKey)) {
        lastKey = key;
        last = evaluation(row, target).orElse(null);
      }
      if (last != null) {
        states
            .computeIfAbsent(group, fresh -> new HashMap<>())
            .computeIfAbsent(target, ClassTruthState::new)
            .add(last.measure(map, height, width));
      }
    } catch (TruthException e) {
      throw new TruthException("image " + image + ": " + e.getMessage(), e);
    }
  }

  private Optional<TruthEvaluation> evaluation(Row row, ClassName target) {
    List<TruthObject> objects = objects(row, target);
    if (objects.stream().allMatch(TruthObject::crowd)) {
      return Optional.empty();
    }
    Row view = row.getAs("view");
    PixelMapping mapping =
        PixelMapping.ofView(
            row.<Integer>getAs("width"),
            row.<Integer>getAs("height"),
            ImagesTable.box(view),
            row.<Integer>getAs("input_width"),
            row.<Integer>getAs("input_height"));
    return Optional.of(new TruthEvaluation(objects, mapping, files));
  }

  /** The objects that a class's map should show. */
  private List<TruthObject> objects(Row row, ClassName target) {
    String label = row.getAs("label");
    boolean isLabel = label == null || label.equals(target.name());
    int at = row.fieldIndex(TruthSource.COLUMN);
    List<TruthObject> all = List.of();
    if (!row.isNullAt(at)) {
      all =
          TruthSource.of(
                  CollectionConverters.asJava(row.<Row>getSeq(at)),
                  row.getAs("image_id"),
                  row.getAs("path"))
              .map(GroundTruth::objects)
              .orElse(List.of());
    } else if (isLabel && !choice.isFile()) {
      all = ofManifest(row);
    }
    return all.stream()
        .filter(
            object ->
                (choice.byLabel() || object.className().isEmpty())
                    ? isLabel
                    : object.className().equals(target.name()))
        .toList();
  }

  private List<TruthObject> ofManifest(Row row) {
    List<Box> boxes = ImagesTable.boxes(row);
    String path = row.getAs("mask");
    Mask mask = path == null ? null : new Mask.Png(path, Mask.Value255.OBJECT);
    if (boxes.isEmpty() && mask != null) {
      return List.of(
          TruthObject.ofMask(
              "", mask, row.<Integer>getAs("width"), row.<Integer>getAs("height"), files));
    }
    List<TruthObject> objects = new ArrayList<>();
    boxes.forEach(box -> objects.add(TruthObject.of("", box, mask)));
    return objects;
  }

  /** Hands out all states and begins anew. */
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
