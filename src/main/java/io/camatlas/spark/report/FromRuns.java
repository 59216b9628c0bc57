package io.camatlas.spark.report;

import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MeanImage;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.spark.results.ExampleStruct;
import java.util.List;
import java.util.Map;

/**
 * What does not come from the atlas, by {@link ViewKey#ofClass}.
 *
 * @param pictures of each class
 * @param histograms of each class
 * @param means of each class
 * @param examples turns elements of feature_map_examples into what is shown
 */
record FromRuns(
    Map<String, List<ShownPicture>> pictures,
    Map<String, List<Histogram>> histograms,
    Map<String, MeanImage> means,
    ExampleMaker examples) {
  /** Makes an example of a feature map of what the atlas says of it. */
  interface ExampleMaker {
    MapExample of(ViewKey view, ExampleStruct example, int mapHeight, int mapWidth);
  }
}
