package io.camatlas.spark.facts;

import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.spark.results.ExampleStruct;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What comes from the runs and not from the atlas, by {@link ViewKey#ofClass}.
 *
 * @param pictures pictures of each class
 * @param histograms histograms of each class
 * @param means mean image of each class
 * @param examples converts elements of feature_map_examples to what pages show
 */
public record FromRuns(
    Map<String, List<ShownPicture>> pictures,
    Map<String, List<Histogram>> histograms,
    Map<String, MeanImage> means,
    ExampleMaker examples) {
  /** Nothing is known but the atlas. */
  public static final FromRuns NOTHING =
      new FromRuns(Map.of(), Map.of(), Map.of(), (view, example, height, width) -> bare(example));

  /** An example with only what the atlas says about it. */
  public static MapExample bare(ExampleStruct example) {
    return new MapExample(
        example.imageId(),
        example.path(),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        example.value(),
        "");
  }

  /** Creates an example of a feature map from what the atlas says about it. */
  public interface ExampleMaker {
    MapExample of(ViewKey view, ExampleStruct example, int mapHeight, int mapWidth);
  }
}
