package io.camatlas.spark.causes;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TrialState;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesImagesTable.Trial;
import io.camatlas.spark.results.CausesTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A suspect and what the experiments on it showed.
 *
 * @param rows of {@link CausesTable}
 * @param telling pairs to show again for their pictures: rows of {@link CausePairs#KEY}
 */
record JudgedSuspect(Cause cause, List<Row> rows, List<Row> telling) {
  /** An image in all states of one test. */
  private static final class States {
    private final Map<TrialState, List<Effect.Said>> said = new EnumMap<>(TrialState.class);

    void add(Trial trial) {
      said.computeIfAbsent(trial.state(), state -> new ArrayList<>())
          .add(
              new Effect.Said(
                  trial.probability(), trial.predictedIndex() == trial.targetIndex() ? 1 : 0));
    }

    /** Whether an image was seen in all states; scores that are not finite are missing. */
    boolean isComplete(boolean withControl) {
      return said.containsKey(TrialState.BEFORE)
          && said.containsKey(TrialState.AFTER)
          && (isControlled() || !withControl);
    }

    boolean isControlled() {
      return said.containsKey(TrialState.CONTROL);
    }

    Effect.Outcome outcome() {
      return new Effect.Outcome(
          mean(TrialState.BEFORE), mean(TrialState.AFTER), mean(TrialState.CONTROL));
    }

    private Effect.Said mean(TrialState state) {
      List<Effect.Said> all = said.get(state);
      return all == null
          ? null
          : new Effect.Said(
              all.stream().mapToDouble(Effect.Said::probability).average().orElseThrow(),
              all.stream().mapToDouble(Effect.Said::share).average().orElseThrow());
    }
  }

  private record SuspectKey(String run, String layer, int suspect) {}

  /** Judges all suspects by the trials of all pairs. */
  static List<JudgedSuspect> all(CausePairs pairs, List<TestedView> tested, Dataset<Row> trials) {
    Map<SuspectKey, Map<CauseTest, Map<Integer, States>>> found = new HashMap<>();
    Iterator<Row> each = trials.toLocalIterator();
    while (each.hasNext()) {
      Trial trial = CausesImagesTable.fromRow(each.next());
      found
          .computeIfAbsent(
              new SuspectKey(trial.run(), trial.layer(), trial.suspect()),
              key -> new EnumMap<>(CauseTest.class))
          .computeIfAbsent(trial.test(), test -> new TreeMap<>())
          .computeIfAbsent(trial.pair(), pair -> new States())
          .add(trial);
    }
    List<JudgedSuspect> judged = new ArrayList<>();
    for (TestedView one : tested) {
      String run = one.view().view().run();
      String layer = one.view().view().layer().path();
      CausesTable.Origin origin =
          new CausesTable.Origin(
              run, one.view().view().model().name(), layer, one.view().view().rule().name());
      List<Map<CauseTest, Map<Integer, Effect.Outcome>>> outcomes = new ArrayList<>();
      for (int i = 0; i < one.suspects().size(); i++) {
        outcomes.add(
            outcomes(
                one.suspects().get(i),
                found.getOrDefault(new SuspectKey(run, layer, i), Map.of())));
      }
      Map<Integer, OtherImages> others = otherClasses(pairs, one, outcomes);
      others.putAll(restOfClass(one, outcomes));
      for (int i = 0; i < one.suspects().size(); i++) {
        Suspect suspect = one.suspects().get(i);
        if (suspect instanceof Suspect.OfSecondPart) {
          countWithoutPart(outcomes.get(i), pairs.withoutPart(one.view().view().number(), i));
        }
        List<Effect> effects = new ArrayList<>();
        outcomes
            .get(i)
            .forEach((test, done) -> effects.add(Effect.of(test, List.copyOf(done.values()))));
        Cause cause = new Cause(suspect, effects, Optional.ofNullable(others.get(i)), List.of());
        judged.add(
            new JudgedSuspect(
                cause,
                CausesTable.toRows(origin, i, name(one.view(), suspect), cause),
                telling(one.view().view().number(), i, cause, outcomes.get(i))));
      }
    }
    return judged;
  }

  /** By test and pair, without those of which a state is missing. */
  private static Map<CauseTest, Map<Integer, Effect.Outcome>> outcomes(
      Suspect suspect, Map<CauseTest, Map<Integer, States>> found) {
    Map<CauseTest, Map<Integer, Effect.Outcome>> outcomes = new EnumMap<>(CauseTest.class);
    found.forEach(
        (test, pairs) -> {
          Map<Integer, Effect.Outcome> complete = new TreeMap<>();
          // Where nothing equal lies elsewhere, what is pasted has another control.
          boolean controlled =
              suspect.hasControl() || pairs.values().stream().anyMatch(States::isControlled);
          pairs.forEach(
              (pair, states) -> {
                if (states.isComplete(controlled)) {
                  complete.put(pair, states.outcome());
                }
              });
          if (!complete.isEmpty()) {
            outcomes.put(test, complete);
          }
        });
    return outcomes;
  }

  /**
   * An image without the part that would have been pasted is one that does not turn; there is no
   * probability of it.
   */
  private static void countWithoutPart(
      Map<CauseTest, Map<Integer, Effect.Outcome>> outcomes, int without) {
    Map<Integer, Effect.Outcome> pasted = outcomes.get(CauseTest.PASTE);
    Effect.Said no = new Effect.Said(Double.NaN, 0);
    for (int i = 1; pasted != null && i <= without; i++) {
      pasted.put(-i, new Effect.Outcome(no, no, no));
    }
  }

  /** Each class's second part beside those of the others, by the suspect's number. */
  private static Map<Integer, OtherImages> otherClasses(
      CausePairs pairs,
      TestedView tested,
      List<Map<CauseTest, Map<Integer, Effect.Outcome>>> outcomes) {
    List<Suspect> suspects = tested.suspects();
    List<Integer> numbers = new ArrayList<>();
    List<OtherImages.Turned> turned = new ArrayList<>();
    for (int i = 0; i < suspects.size(); i++) {
      if (suspects.get(i) instanceof Suspect.OfSecondPart) {
        OtherImages.Turned pasted = turned(outcomes.get(i), CauseTest.PASTE);
        numbers.add(i);
        turned.add(
            new OtherImages.Turned(
                pasted.n() + pairs.withoutPart(tested.view().view().number(), i), pasted.turned()));
      }
    }
    List<OtherImages> compared = OtherImages.of(turned);
    Map<Integer, OtherImages> others = new HashMap<>();
    for (int i = 0; i < numbers.size(); i++) {
      others.put(numbers.get(i), compared.get(i));
    }
    return others;
  }

  /** Each group of images beside the other images of its class, by the suspect's number. */
  private static Map<Integer, OtherImages> restOfClass(
      TestedView tested, List<Map<CauseTest, Map<Integer, Effect.Outcome>>> outcomes) {
    int groups =
        (int) tested.suspects().stream().filter(Suspect.OfStrategy.class::isInstance).count();
    Map<Integer, OtherImages> rest = new HashMap<>();
    for (int i = 0; i < tested.suspects().size(); i++) {
      if (tested.suspects().get(i) instanceof Suspect.OfStrategy) {
        rest.put(
            i,
            OtherImages.ofRest(
                turned(outcomes.get(i), CauseTest.PASTE),
                turned(outcomes.get(i), CauseTest.PASTE_OF_REST),
                groups));
      }
    }
    return rest;
  }

  private static OtherImages.Turned turned(
      Map<CauseTest, Map<Integer, Effect.Outcome>> outcomes, CauseTest test) {
    Collection<Effect.Outcome> pasted = outcomes.getOrDefault(test, Map.of()).values();
    return new OtherImages.Turned(
        pasted.size(), pasted.stream().filter(one -> one.after().share() > 0).count());
  }

  /** Pairs of a second part that stands out which turned by it and not by its control. */
  private static List<Row> telling(
      int view, int number, Cause cause, Map<CauseTest, Map<Integer, Effect.Outcome>> outcomes) {
    if (!(cause.suspect() instanceof Suspect.OfSecondPart)
        || cause.verdict() != Cause.Verdict.CONFIRMED) {
      return List.of();
    }
    return outcomes.getOrDefault(CauseTest.PASTE, Map.of()).entrySet().stream()
        .filter(one -> one.getValue().after().share() > 0 && one.getValue().control().share() == 0)
        .limit(CauseStage.KEPT)
        .map(one -> RowFactory.create(view, number, one.getKey()))
        .toList();
  }

  private static String name(ViewReport view, Suspect suspect) {
    return view.classes().stream()
        .filter(one -> one.index() == suspect.classIndex())
        .map(ClassReport::name)
        .findFirst()
        .orElse("");
  }
}
