package io.camatlas.spark.truth;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.spark.input.HadoopMasks;
import io.camatlas.spark.results.AnnotatedImage;
import io.camatlas.truth.GroundTruth;
import io.camatlas.truth.MaskFiles;
import io.camatlas.truth.TruthEvaluation;
import io.camatlas.truth.TruthObject;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The objects that maps should show, within a task. */
public final class TruthObjects {
  private final TruthChoice choice;
  private final MaskFiles files;

  public TruthObjects(TruthChoice choice, Configuration hadoop) {
    this.choice = choice;
    this.files = new HadoopMasks(hadoop);
  }

  /**
   * What a map of the row's class is measured against.
   *
   * @param image the row's annotations, as {@link TruthChoice#annotated} has them read
   * @return empty if the class has no objects in the image, or crowds only
   * @throws io.camatlas.truth.TruthException if a mask or box cannot be used, or was drawn on a
   *     picture of another size
   */
  public Optional<TruthEvaluation> of(AnnotatedImage image, ExplainedRow row) {
    List<TruthObject> objects = objects(image, row);
    return objects.stream().allMatch(TruthObject::crowd)
        ? Optional.empty()
        : Optional.of(new TruthEvaluation(objects, image.mapping(), files));
  }

  private List<TruthObject> objects(AnnotatedImage image, ExplainedRow row) {
    if (choice.isNone()) {
      return List.of();
    }
    boolean isLabel = row.mayShowObjectsOf(image.label());
    Optional<GroundTruth> annotated =
        choice.isFile()
            ? TruthSource.of(image.candidates(), image.imageId(), image.path())
            : Optional.empty();
    List<TruthObject> all =
        choice.isFile()
            ? annotated.map(GroundTruth::objects).orElse(List.of())
            : isLabel ? image.objects(files) : List.of();
    List<TruthObject> counting =
        all.stream()
            .filter(
                object ->
                    (choice.byLabel() || object.className().isEmpty())
                        ? isLabel
                        : object.className().equals(row.target().name()))
            .toList();
    if (!counting.isEmpty()) {
      annotated.ifPresent(truth -> truth.requireSize(image.width(), image.height()));
    }
    return counting;
  }
}
