package io.camatlas.report.findings;

import java.util.List;

/** All checks, in the order in which the report explains them. */
final class Checks {
  static final List<Check> ALL =
      List.of(
          new MissedObjects(),
          new OneSpot(),
          new OneSpotOverall(),
          new FlaggedRegions(),
          new PatternInPictures(),
          new SameThingAnywhere(),
          new EnoughBySecondPart(),
          new OneFeatureMap(),
          new SeparateGroup(),
          new ElsewhereWhenWrong(),
          new ElsewhereWhenWrongOverall(),
          new LowAccuracy(),
          new LowAuroc(),
          new WorseGroups(),
          new WorseGroupsOverall(),
          new WorseRegion(),
          new AttractingClass(),
          new WorseSuperclasses(),
          new BlankMaps(),
          new Calibration(),
          new DeadFeatureMaps(),
          new FailedImages());

  private Checks() {}
}
