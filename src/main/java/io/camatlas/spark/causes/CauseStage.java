package io.camatlas.spark.causes;

import io.camatlas.causes.CauseTest;
import io.camatlas.causes.CauseTester;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TrialState;
import io.camatlas.image.Box;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.Retouch;
import io.camatlas.image.RgbImage;
import io.camatlas.image.Thumbnail;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.executor.TaskNetwork;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesImagesTable.Trial;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Shows the network the images of pairs, changed and unchanged. */
final class CauseStage {
  /** Said of an image of which the network says that it has no label, where it may have several. */
  private static final String NO_LABEL = "none";

  /** The column with a row of {@link CausesImagesTable}, or null. */
  static final String TRIAL = "trial";

  /** The column that says in a few words why a pair could not be used, or null. */
  static final String PROBLEM = "not_used";

  /** The trials of pairs, and of those that could not be used {@link CausePairs#KEY}. */
  static final StructType OUTCOME =
      new StructType()
          .add(TRIAL, CausesImagesTable.SCHEMA, true)
          .add(PROBLEM, DataTypes.StringType, true)
          .add(CausePairs.VIEW, DataTypes.IntegerType, false)
          .add(CausePairs.SUSPECT, DataTypes.IntegerType, false)
          .add(CausePairs.PAIR, DataTypes.IntegerType, false);

  /** The folder of pictures within the results. */
  static final String PICTURES = "pictures";

  /** Pairs of each suspect of which pictures are kept. */
  static final int KEPT = 4;

  private static final int PICTURE_SIZE = 320;

  private static final String OUTSIDE = "the place or its control lies outside of the picture";

  private CauseStage() {}

  /**
   * A view and its suspects.
   *
   * @param layer place of its layer in the plan
   */
  record Viewed(int number, String run, String layerName, int layer, List<Suspect> suspects)
      implements Serializable {}

  /**
   * All that tasks need.
   *
   * @param archive path of the probed archive, readable by executors
   * @param precision what the archive computes with
   * @param out folder of the results while they are written
   * @param keepAll whether pictures of all pairs are kept
   */
  record Plan(
      String archive,
      ProbePlan probe,
      Precision precision,
      ModelCard card,
      List<Viewed> views,
      int batch,
      DecodeLimits limits,
      DeviceChoice device,
      String out,
      boolean keepAll)
      implements Serializable {
    Plan keepingAll() {
      return new Plan(archive, probe, precision, card, views, batch, limits, device, out, true);
    }
  }

  /** Runs the experiments on pairs, as {@link CausePairs#rows} lists them. */
  static Dataset<Row> apply(
      Dataset<Row> pairs, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop, counters);
    return pairs.mapPartitions(task, Encoders.row(OUTCOME));
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop, RunCounters counters) {
    if (!rows.hasNext()) {
      return rows;
    }
    Network network =
        TaskNetwork.ofTask(
            plan.archive(),
            plan.probe(),
            plan.precision(),
            plan.device(),
            () -> HadoopFiles.copyToLocal(plan.archive(), hadoop.value()));
    CauseTester tester = new CauseTester(network, plan.probe(), plan.card(), plan.batch());
    // A partition has few pairs, and of each only numbers are kept.
    List<Row> outcomes = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      try {
        new Experiment(row, plan, hadoop, tester, outcomes).run();
        counters.explained();
      } catch (Unusable e) {
        counters.failed();
        outcomes.add(outcome(row, null, e.getMessage()));
      }
    }
    tester.finish();
    return outcomes.iterator();
  }

  private static Row outcome(Row pair, Row trial, String problem) {
    return RowFactory.create(
        trial,
        problem,
        pair.getAs(CausePairs.VIEW),
        pair.getAs(CausePairs.SUSPECT),
        pair.getAs(CausePairs.PAIR));
  }

  /** Thrown if a pair cannot be used; the message is a reason in a few words. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String reason) {
      super(reason);
    }
  }

  /** One image of a pair. */
  private record Opened(Row row, RgbImage image, Box view) {
    Trial.Image named() {
      return new Trial.Image(
          row.getAs(CausePairs.IMAGE_ID),
          row.getAs(ImagesTable.PATH),
          row.getAs(CausePairs.SHA256));
    }

    String id() {
      return row.getAs(CausePairs.IMAGE_ID);
    }

    int classIndex() {
      return row.getAs(CausePairs.CLASS_INDEX);
    }

    List<Box> pixels(Place place) {
      return place.in(view);
    }
  }

  /** The experiments on one pair. */
  private static final class Experiment {
    private final Row row;
    private final Plan plan;
    private final SerializableConfiguration hadoop;
    private final CauseTester tester;
    private final List<Row> outcomes;
    private final Viewed view;
    private final int number;
    private final int pair;
    private Optional<Opened> witness = Optional.empty();

    Experiment(
        Row row,
        Plan plan,
        SerializableConfiguration hadoop,
        CauseTester tester,
        List<Row> outcomes) {
      this.row = row;
      this.plan = plan;
      this.hadoop = hadoop;
      this.tester = tester;
      this.outcomes = outcomes;
      int viewNumber = row.getAs(CausePairs.VIEW);
      this.view =
          plan.views().stream().filter(one -> one.number() == viewNumber).findFirst().orElseThrow();
      this.number = row.getAs(CausePairs.SUSPECT);
      this.pair = row.getAs(CausePairs.PAIR);
    }

    void run() throws Unusable {
      Suspect suspect = view.suspects().get(number);
      Opened own = open(row.getAs(CausePairs.OWN));
      Row otherRow = row.getAs(CausePairs.OTHER);
      Optional<Opened> other = otherRow == null ? Optional.empty() : Optional.of(open(otherRow));
      Row witnessRow = row.getAs(CausePairs.WITNESS);
      witness = witnessRow == null ? Optional.empty() : Optional.of(open(witnessRow));
      boolean counts = row.<Boolean>getAs(CausePairs.OTHER_COUNTS);
      if (suspect instanceof Suspect.OfPlace of) {
        place(of.place(), of.elsewhere(), own, other, counts, of.classIndex());
      } else if (suspect instanceof Suspect.OfPattern of) {
        place(of.pattern().place(), of.elsewhere(), own, other, counts, of.classIndex());
      } else if (suspect instanceof Suspect.OfStrategy) {
        strategy(suspect.classIndex(), own, other, counts);
      } else if (suspect instanceof Suspect.OfFeatureMap of) {
        featureMap(of, own, other, counts);
      } else if (other.isPresent() && counts) {
        pastePart(CauseTest.PASTE, own, other.get(), suspect.classIndex());
      }
    }

    private Place part() {
      return CausesTable.place(row, CausePairs.PART).orElseThrow();
    }

    private Optional<Place> partControl() {
      return CausesTable.place(row, CausePairs.PART_CONTROL);
    }

    private void pastePart(CauseTest test, Opened own, Opened onto, int wanted) throws Unusable {
      if (!holds(own, part(), partControl()) || !holds(onto, part(), partControl())) {
        throw new Unusable(OUTSIDE);
      }
      paste(test, own, onto, wanted, part(), partControl());
    }

    private void strategy(int wanted, Opened own, Optional<Opened> other, boolean counts)
        throws Unusable {
      if (!row.<Boolean>getAs(CausePairs.OF_REST)) {
        place(part(), partControl(), own, other, counts, wanted);
      } else if (other.isPresent() && counts) {
        pastePart(CauseTest.PASTE_OF_REST, own, other.get(), wanted);
      }
    }

    private Opened open(Row image) throws Unusable {
      try {
        byte[] bytes =
            OriginalImages.read(
                image,
                image.getAs(CausePairs.SHA256),
                hadoop.value(),
                plan.limits().maxBytes(),
                "no such image is there");
        RgbImage decoded = new ImageDecoder(plan.limits()).decode(bytes);
        return new Opened(
            image,
            decoded,
            plan.card().preprocessing().mapping(decoded.width(), decoded.height()).view());
      } catch (OriginalImages.Unavailable e) {
        throw new Unusable(e.reason());
      } catch (ImageException | IllegalArgumentException e) {
        throw new Unusable("cannot be decoded");
      }
    }

    private void place(
        Place place,
        Optional<Place> elsewhere,
        Opened own,
        Optional<Opened> any,
        boolean counts,
        int wanted)
        throws Unusable {
      // In padding nothing could be covered, and a control there would cost nothing.
      if (!holds(own, place, elsewhere)) {
        throw new Unusable(OUTSIDE);
      }
      Optional<Opened> other = any.filter(opened -> holds(opened, place, elsewhere));
      if (witness.isPresent() && !holds(witness.get(), place, elsewhere)) {
        throw new Unusable(OUTSIDE);
      }
      Tried before = tried(own, null, wanted);
      for (CauseTest test : CauseTest.COVERS) {
        if (test == CauseTest.OTHER_IMAGE && other.isEmpty()) {
          continue;
        }
        String donor = test == CauseTest.OTHER_IMAGE ? other.get().id() : null;
        before.show(own.image(), test, TrialState.BEFORE);
        Tried covered = tried(own, donor, wanted);
        covered.show(covered(test, own, other, place), test, TrialState.AFTER);
        elsewhere.ifPresent(
            control -> covered.show(covered(test, own, other, control), test, TrialState.CONTROL));
      }
      if (other.isPresent() && counts) {
        paste(CauseTest.PASTE, own, other.get(), wanted, place, elsewhere);
      }
    }

    private void paste(
        CauseTest test,
        Opened own,
        Opened onto,
        int wanted,
        Place place,
        Optional<Place> elsewhere) {
      Tried pasted = tried(onto, own.id(), wanted);
      tried(onto, null, wanted).show(onto.image(), test, TrialState.BEFORE);
      pasted.show(pasted(onto, own, place), test, TrialState.AFTER);
      elsewhere.ifPresentOrElse(
          control -> pasted.show(pasted(onto, own, control), test, TrialState.CONTROL),
          () ->
              witness.ifPresent(
                  other ->
                      tried(onto, other.id(), wanted)
                          .show(pasted(onto, other, place), test, TrialState.CONTROL)));
    }

    private static boolean holds(Opened opened, Place place, Optional<Place> elsewhere) {
      return Retouch.holds(opened.image(), opened.pixels(place))
          && elsewhere
              .map(control -> Retouch.holds(opened.image(), opened.pixels(control)))
              .orElse(true);
    }

    private static RgbImage covered(
        CauseTest test, Opened own, Optional<Opened> other, Place place) {
      return switch (test) {
        case BLUR -> Retouch.blurred(own.image(), own.pixels(place));
        case MEAN_COLOUR -> Retouch.filledWithMean(own.image(), own.pixels(place));
        default -> pasted(own, other.orElseThrow(), place);
      };
    }

    private static RgbImage pasted(Opened onto, Opened from, Place place) {
      return Retouch.pasted(onto.image(), onto.pixels(place), from.image(), from.pixels(place));
    }

    private void featureMap(
        Suspect.OfFeatureMap suspect, Opened own, Optional<Opened> other, boolean counts) {
      zero(suspect, own, suspect.classIndex(), CauseTest.ZERO);
      if (other.isPresent() && counts && other.get().classIndex() >= 0) {
        zero(suspect, other.get(), other.get().classIndex(), CauseTest.ZERO_ELSEWHERE);
      }
    }

    private void zero(Suspect.OfFeatureMap suspect, Opened image, int target, CauseTest test) {
      Tried tried = tried(image, null, target);
      tried.show(image.image(), test, TrialState.BEFORE);
      float[] pixels = pixels(image.image());
      tester.showWithout(
          pixels, view.layer(), List.of(suspect.map()), tried.answer(test, TrialState.AFTER, null));
      for (int map : suspect.others()) {
        tester.showWithout(
            pixels, view.layer(), List.of(map), tried.answer(test, TrialState.CONTROL, null));
      }
    }

    private float[] pixels(RgbImage image) {
      float[] pixels = new float[plan.probe().input().elements()];
      plan.card().preprocessing().apply(image, pixels, 0);
      return pixels;
    }

    private Tried tried(Opened image, String donor, int target) {
      return new Tried(image, donor, target);
    }

    /** An image whose probability of a class is measured. */
    private final class Tried {
      private final Opened image;
      private final String donor;
      private final int target;

      Tried(Opened image, String donor, int target) {
        this.image = image;
        this.donor = donor;
        this.target = target;
      }

      void show(RgbImage changed, CauseTest test, TrialState state) {
        tester.show(pixels(changed), answer(test, state, kept(changed, test, state)));
      }

      private String kept(RgbImage changed, CauseTest test, TrialState state) {
        boolean kept =
            pair < KEPT
                && !row.<Boolean>getAs(CausePairs.OF_REST)
                && !(view.suspects().get(number) instanceof Suspect.OfSecondPart);
        if (!kept && !plan.keepAll()) {
          return null;
        }
        String file =
            "%s/%d-%d-%d-%s-%s.jpg"
                .formatted(
                    PICTURES,
                    view.number(),
                    number,
                    pair,
                    test.text().replace(' ', '-'),
                    state.text());
        try {
          HadoopFiles.write(
              new Path(plan.out(), file),
              Thumbnail.jpeg(Thumbnail.of(changed, PICTURE_SIZE)),
              hadoop.value());
          return file;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      /**
       * The most probable class. Where an image may have several labels, the one that is asked for
       * if its probability reaches its threshold; else the most probable one that does, or -1.
       */
      private int predicted(float[] probabilities, int target) {
        boolean several = plan.card().scores().isMultiLabel();
        if (several && probabilities[target] >= plan.card().threshold(target)) {
          return target;
        }
        int predicted = -1;
        for (int i = 0; i < probabilities.length; i++) {
          boolean mayBe = !several || probabilities[i] >= plan.card().threshold(i);
          if (mayBe && (predicted < 0 || probabilities[i] > probabilities[predicted])) {
            predicted = i;
          }
        }
        return predicted;
      }

      CauseTester.Answer answer(CauseTest test, TrialState state, String picture) {
        return (probabilities, problem) -> {
          if (probabilities.length == 0) {
            outcomes.add(outcome(row, null, problem));
            return;
          }
          int predicted = predicted(probabilities, target);
          outcomes.add(
              outcome(
                  row,
                  CausesImagesTable.toRow(
                      new Trial(
                          view.run(),
                          view.layerName(),
                          number,
                          test,
                          state,
                          pair,
                          image.named(),
                          donor,
                          plan.card().classes().get(target),
                          target,
                          probabilities[target],
                          predicted < 0 ? NO_LABEL : plan.card().classes().get(predicted),
                          predicted,
                          picture)),
                  null));
        };
      }
    }
  }
}
