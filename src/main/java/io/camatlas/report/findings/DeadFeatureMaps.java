package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ViewReport;

/** Feature maps that respond to no image. */
final class DeadFeatureMaps implements Check.OfView {
  @Override
  public Basis basis() {
    return Basis.FEATURE_MAPS;
  }

  @Override
  public String question() {
    return "Does every feature map respond to something?";
  }

  @Override
  public String rule() {
    return "Every feature map that responds to no image in the dataset is counted.";
  }

  @Override
  public String threshold() {
    return "any";
  }

  @Override
  public Answer of(ViewReport report) {
    Layer layer = report.view().layer();
    if (layer.featureMaps() == 0) {
      return Answer.notTestable("The atlas has no feature maps, or its maps are of pixels.");
    }
    if (layer.deadFeatureMaps() == 0) {
      return Answer.PASSED;
    }
    return Answer.failed(
        Finding.ofAll(
            Severity.MINOR,
            (double) layer.deadFeatureMaps() / layer.featureMaps(),
            "%s of the layer's %s feature maps %s to no image in the dataset."
                .formatted(
                    countOf(layer.deadFeatureMaps()),
                    countOf(layer.featureMaps()),
                    layer.deadFeatureMaps() == 1 ? "responds" : "respond"),
            Pages.featureMaps(report.view().number()),
            "All feature maps"));
  }
}
