package io.camatlas.report.compared;

import java.util.List;

/** All questions, in the order in which the report explains them. */
final class ChangeChecks {
  static final List<ChangeCheck> ALL =
      List.of(
          new AccuracyChanged(),
          new PredictedMoreOften(),
          new MoreSure(),
          new AttentionMoved(),
          new AttentionReshaped(),
          new EvidenceMoved(),
          new GroupsChanged(),
          new MapsMarkLess());

  private ChangeChecks() {}
}
