package io.camatlas.spark.results;

import io.camatlas.atlas.LabelState;
import io.camatlas.atlas.SliceState;
import io.camatlas.atlas.StateKind;
import io.camatlas.truth.ClassTruthState;
import java.util.List;

/** The tables of an atlas, and the states that they are computed from. */
public final class AtlasTables {
  /** Every kind of state that is merged. */
  static final List<StateKind<?>> KINDS =
      List.of(
          StateKind.LAYER,
          StateKind.CLASS,
          StateKind.CONFUSION,
          StateKind.COMPARISON,
          ClassTruthState.KIND,
          ClassTruthState.ALL,
          SliceState.KIND,
          LabelState.KIND);

  /**
   * Every table, in the order of the README. Two entries with the same name are two parts of one
   * table.
   */
  public static final List<AtlasTable<?>> ALL =
      List.of(
          new ClassAttentionTable(),
          new SpatialBiasTable(),
          new ClassFeatureMapsTable(),
          new FeatureMapsTable(),
          new FeatureMapExamplesTable.OfClasses(),
          new FeatureMapExamplesTable.OfAll(),
          new LocalizationTruthTable(false),
          new LocalizationTruthTable(true),
          new ConfusionsTable(),
          new CalibrationTable(),
          new LabelScoresTable(),
          new SlicesTable());

  private AtlasTables() {}
}
