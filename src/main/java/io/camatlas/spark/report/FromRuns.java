package io.camatlas.spark.report;

import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.spark.results.ExampleStruct;
import java.util.List;
import java.util.Map;

/**
 * What comes from the runs and not from the atlas, by {@link ViewKey#ofClass}.
 *
 * @param pictures pictures of each class
 * @param histograms histograms of each class
 * @param means mean image of each class
 * @param examples converts elements of feature_map_examples to what pages show
 */
record FromRuns(
    Map<String, List<ShownPicture>> pictures,
    Map<String, List<Histogram>> histograms,
    Map<String, MeanImage> means,
    ExampleMaker examples) {
  /** Creates an example of a feature map from what the atlas says about it. */
  interface ExampleMaker {
    MapExample of(ViewKey view, ExampleStruct example, int mapHeight, int mapWidth);
  }
}
