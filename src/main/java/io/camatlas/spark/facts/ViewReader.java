package io.camatlas.spark.facts;

import io.camatlas.atlas.CalibrationState;
import io.camatlas.atlas.MapMeasure;
import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.Measured;
import io.camatlas.report.facts.ClassReport.RegionShare;
import io.camatlas.report.facts.ClassReport.Singles;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.ClassReport.Truth;
import io.camatlas.report.facts.FeatureMapReport;
import io.camatlas.report.facts.FeatureMapReport.Activation;
import io.camatlas.report.facts.FeatureMapReport.Served;
import io.camatlas.report.facts.FeatureMapReport.TopClass;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.LabelScores;
import io.camatlas.report.facts.LabelScores.Estimate;
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ReportedView.Model;
import io.camatlas.report.facts.ReportedView.Pointing;
import io.camatlas.report.facts.ReportedView.Rule;
import io.camatlas.report.facts.SliceReport;
import io.camatlas.report.facts.Slices;
import io.camatlas.report.facts.ViewHabits;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.facts.ViewStrategies;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.ClassAttentionTable;
import io.camatlas.spark.results.ClassAttentionTable.Attention;
import io.camatlas.spark.results.ClassFeatureMapsTable;
import io.camatlas.spark.results.ConfusionsTable;
import io.camatlas.spark.results.ExampleStruct;
import io.camatlas.spark.results.FeatureMapExamplesTable;
import io.camatlas.spark.results.FeatureMapsTable;
import io.camatlas.spark.results.LabelScoresTable;
import io.camatlas.spark.results.LocalizationTruthTable;
import io.camatlas.spark.results.MeasureStruct;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.SpatialBiasTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Combines the rows of one layer of one run into the contents of pages. */
final class ViewReader {
  private final ViewKey key;
  private final AtlasRun run;
  private final List<Attention> attention;
  private final Map<Integer, List<SpatialBiasTable.Bias>> bias;
  private final Map<Integer, List<LocalizationTruthTable.Agreement>> truth;
  private final List<ConfusionsTable.Pair> confusions;
  private final List<CalibrationTable.Bin> calibration;
  private final Map<Integer, LabelScores> labels = new TreeMap<>();
  private final List<FeatureMapsTable.Response> maps;
  private final List<ClassFeatureMapsTable.Use> uses;
  private final List<SlicesTable.Compared> slices;
  private final Map<Integer, Long> compared;
  private final List<String> givenUp;
  private final Map<ExampleKey, List<ExampleStruct>> examples = new HashMap<>();
  private final FromRuns more;
  private int mapHeight;
  private int mapWidth;

  private record ExampleKey(int map, int classIndex, String by) {}

  /**
   * A reader.
   *
   * @param run what the atlas says about the view's run
   * @param tables tables of the atlas
   * @param more what does not come from the atlas
   */
  ViewReader(ViewKey key, AtlasRun run, AtlasRows tables, FromRuns more) {
    this.key = key;
    this.run = run;
    this.attention = tables.attention().of(key);
    this.bias = byClass(tables.bias().of(key), SpatialBiasTable.Bias::classIndex);
    this.truth = byClass(tables.truth().of(key), LocalizationTruthTable.Agreement::classIndex);
    this.confusions = tables.confusions().of(key);
    this.calibration = tables.calibration().of(key);
    tables.labels().of(key).forEach(row -> labels.put(row.classIndex(), scores(row)));
    this.maps = tables.maps().of(key);
    this.uses = tables.uses().of(key);
    this.slices = tables.slices().of(key);
    this.compared =
        tables.compared().of(key).stream()
            .collect(Collectors.toMap(SlicesTable.Counted::classIndex, SlicesTable.Counted::n));
    this.givenUp = tables.givenUp().of(key);
    this.more = more;
    for (FeatureMapExamplesTable.Chosen chosen : tables.examples().of(key)) {
      examples
          .computeIfAbsent(
              new ExampleKey(chosen.featureMap(), chosen.classIndex(), chosen.by()),
              name -> new ArrayList<>())
          .addAll(chosen.examples());
    }
  }

  private static <T> Map<Integer, List<T>> byClass(List<T> rows, ToIntFunction<T> classIndex) {
    Map<Integer, List<T>> found = new TreeMap<>();
    for (T row : rows) {
      found.computeIfAbsent(classIndex.applyAsInt(row), any -> new ArrayList<>()).add(row);
    }
    return found;
  }

  /**
   * Everything that pages show of the view.
   *
   * @param number number of the view in the report, from 1
   * @param fewest images that a class needs for anything to be said of it
   */
  ViewReport report(int number, long fewest) {
    Map<Integer, Map<String, Attention>> splits = new TreeMap<>();
    long explanations = 0;
    for (Attention row : attention) {
      splits.computeIfAbsent(row.classIndex(), any -> new HashMap<>()).put(row.split(), row);
      if (row.hasGrid()) {
        mapHeight = row.row().getAs(MapRows.GRID_HEIGHT);
        mapWidth = row.row().getAs(MapRows.GRID_WIDTH);
      }
      if (row.split().equals(ClassAttentionTable.ALL)) {
        explanations += row.n();
      }
    }
    Map<Integer, List<ClassFeatureMapsTable.Use>> ofClass =
        byClass(uses, ClassFeatureMapsTable.Use::classIndex);
    Map<Integer, List<Confusion>> pairs = confusionsByClass();
    List<ClassReport> classes = new ArrayList<>();
    splits.forEach(
        (index, rows) ->
            classes.add(
                classReport(
                    index,
                    rows,
                    ofClass.getOrDefault(index, List.of()),
                    pairs.getOrDefault(index, List.of()))));
    List<FeatureMapReport> featureMaps = featureMaps(splits);
    return new ViewReport(
        view(number, explanations, featureMaps),
        classes,
        featureMaps,
        calibrationBins(),
        List.of(),
        Map.of(),
        ViewHabits.UNKNOWN,
        Map.of(),
        new Slices(slices.stream().map(ViewReader::slice).toList(), compared, givenUp),
        ViewStrategies.UNKNOWN,
        fewest);
  }

  private static SliceReport slice(SlicesTable.Compared row) {
    return new SliceReport(
        row.classIndex(),
        new SliceReport.Trait(row.isOfPicture(), row.trait(), row.value()),
        row.images(),
        row.measure(),
        row.n(),
        row.mean(),
        row.restN(),
        row.restMean(),
        row.low(),
        row.high(),
        row.q());
  }

  private static LabelScores scores(LabelScoresTable.Scores row) {
    return new LabelScores(
        row.labelled(),
        row.without(),
        row.unknown(),
        row.said(),
        row.found(),
        new Estimate(
            row.number(LabelScoresTable.SENSITIVITY),
            row.number(LabelScoresTable.SENSITIVITY_LOW),
            row.number(LabelScoresTable.SENSITIVITY_HIGH)),
        new Estimate(
            row.number(LabelScoresTable.SPECIFICITY),
            row.number(LabelScoresTable.SPECIFICITY_LOW),
            row.number(LabelScoresTable.SPECIFICITY_HIGH)),
        new Estimate(
            row.number(LabelScoresTable.AUROC),
            row.number(LabelScoresTable.AUROC_LOW),
            row.number(LabelScoresTable.AUROC_HIGH)),
        row.number(LabelScoresTable.PROBABILITY),
        row.number(CalibrationTable.ECE),
        row.bins().stream()
            .map(
                bin ->
                    new CalibrationBin(
                        bin.low(), bin.high(), bin.images(), bin.share(), bin.probability()))
            .toList());
  }

  /** Predictions over all classes. */
  private ReportedView.Predictions predictions() {
    Optional<CalibrationTable.Bin> all =
        calibration.stream().filter(bin -> bin.by().equals(CalibrationState.ALL)).findFirst();
    double confidence = all.map(CalibrationTable.Bin::confidence).orElse(Double.NaN);
    double ece = all.map(CalibrationTable.Bin::ece).orElse(Double.NaN);
    if (labels.isEmpty()) {
      return new ReportedView.Predictions(
          all.map(CalibrationTable.Bin::n).orElse(0L),
          all.map(CalibrationTable.Bin::accuracy).orElse(Double.NaN),
          confidence,
          ece,
          Optional.empty());
    }
    long given = 0;
    long found = 0;
    long without = 0;
    long added = 0;
    long images = 0;
    for (LabelScores one : labels.values()) {
      given += one.labelled();
      found += one.found();
      without += one.without();
      added += one.said() - one.found();
      images = Math.max(images, one.labelled() + one.without());
    }
    List<Double> areas =
        labels.values().stream()
            .map(one -> one.auroc().value())
            .filter(area -> !Double.isNaN(area))
            .toList();
    return new ReportedView.Predictions(
        images,
        (double) found / given,
        confidence,
        ece,
        Optional.of(
            new ReportedView.Several(
                labels.size(),
                given,
                (double) given / (given + without),
                (double) (without - added) / without,
                areas.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN),
                areas.size())));
  }

  private ReportedView view(int number, long explanations, List<FeatureMapReport> featureMaps) {
    // In the row over all classes the class is null, so its index reads as -1.
    Optional<LocalizationTruthTable.Agreement> objects =
        truth.getOrDefault(-1, List.of()).stream().findFirst();
    int dead = (int) featureMaps.stream().filter(map -> map.activation().dead() == 1).count();
    return new ReportedView(
        number,
        key.run(),
        explanations,
        new Model(run.model(), run.modelSha256(), run.input(), run.superclasses()),
        new Layer(key.layer(), mapHeight, mapWidth, featureMaps.size(), dead),
        new Rule(run.method(), run.parameters()),
        predictions(),
        objects
            .map(row -> new Pointing(row.pointingMacro(), row.pointingCentreMacro()))
            .filter(pointing -> !Double.isNaN(pointing.hits())));
  }

  private List<CalibrationBin> calibrationBins() {
    return calibration.stream()
        .filter(bin -> bin.by().equals(CalibrationState.CONFIDENCE))
        .map(
            bin ->
                new CalibrationBin(
                    bin.low(), bin.high(), bin.n(), bin.accuracy(), bin.confidence()))
        .sorted(Comparator.comparingDouble(CalibrationBin::low))
        .toList();
  }

  private Map<Integer, List<Confusion>> confusionsByClass() {
    Map<Integer, List<Confusion>> byClass = new HashMap<>();
    for (ConfusionsTable.Pair row : confusions) {
      Confusion pair =
          new Confusion(
              row.label(),
              row.labelIndex(),
              row.predicted(),
              row.predictedIndex(),
              row.n(),
              row.confidence(),
              row.overlap());
      byClass.computeIfAbsent(pair.labelIndex(), any -> new ArrayList<>()).add(pair);
      if (pair.labelIndex() != pair.predictedIndex()) {
        byClass.computeIfAbsent(pair.predictedIndex(), any -> new ArrayList<>()).add(pair);
      }
    }
    byClass
        .values()
        .forEach(pairs -> pairs.sort(Comparator.comparingLong(Confusion::n).reversed()));
    return byClass;
  }

  private ClassReport classReport(
      int index,
      Map<String, Attention> splits,
      List<ClassFeatureMapsTable.Use> uses,
      List<Confusion> pairs) {
    Attention all = splits.get(ClassAttentionTable.ALL);
    return new ClassReport(
        all.name(),
        index,
        new ClassReport.Predictions(
            all.labelled(),
            all.accuracy(),
            all.precision(),
            all.confidence(),
            Optional.ofNullable(labels.get(index))),
        new Maps(
            all.n(),
            all.empty(),
            grid(all, all.meanMap()),
            grid(all, all.varianceMap()),
            grid(all, all.peakCounts()),
            split(splits.get(ClassAttentionTable.RIGHT)),
            split(splits.get(ClassAttentionTable.WRONG))),
        measures(all),
        regions(bias.getOrDefault(index, List.of())),
        truth.getOrDefault(index, List.of()).stream().map(ViewReader::truth).findFirst(),
        uses.stream()
            .sorted(Comparator.comparingInt(ClassFeatureMapsTable.Use::rank))
            .map(this::share)
            .toList(),
        pairs,
        new Singles(
            more.histograms().getOrDefault(key.ofClass(index), List.of()),
            Optional.ofNullable(more.means().get(key.run() + "\n" + index)),
            more.pictures().getOrDefault(key.ofClass(index), List.of())));
  }

  /** The images of a class that were predicted right, or wrong; empty if the row is null. */
  private static Split split(Attention row) {
    return row == null
        ? new Split(0, Optional.empty())
        : new Split(row.n() - row.empty(), grid(row, row.meanMap()));
  }

  private static Optional<Grid> grid(Attention row, Optional<double[]> values) {
    return values.map(numbers -> new Grid(numbers, row.mapHeight(), row.mapWidth()));
  }

  private static List<Measured> measures(Attention row) {
    List<Measured> measures = new ArrayList<>();
    for (MapMeasure one : MapMeasure.values()) {
      Optional<MeasureStruct> known = row.measure(one);
      known.ifPresent(
          measure ->
              measures.add(
                  new Measured(
                      one.column(), measure.mean(), measure.p10(), measure.p50(), measure.p90())));
    }
    return measures;
  }

  private static List<RegionShare> regions(List<SpatialBiasTable.Bias> rows) {
    return rows.stream()
        .map(
            row ->
                new RegionShare(
                    row.region(),
                    row.mass(),
                    row.ciLow(),
                    row.ciHigh(),
                    row.area(),
                    row.datasetMass(),
                    row.flag()))
        .sorted(Comparator.comparing(RegionShare::region))
        .toList();
  }

  private static Truth truth(LocalizationTruthTable.Agreement row) {
    return new Truth(
        row.n(),
        row.pointing(),
        row.pointingCentre(),
        row.energy(),
        row.energyUniform(),
        row.maxBoxAcc());
  }

  private MapShare share(ClassFeatureMapsTable.Use row) {
    return new MapShare(
        row.featureMap(),
        row.rank(),
        row.share(),
        row.top5Fraction(),
        examples(row.featureMap(), row.classIndex(), FeatureMapExamplesTable.BY_RELEVANCE));
  }

  private List<MapExample> examples(int map, int classIndex, String by) {
    return examples.getOrDefault(new ExampleKey(map, classIndex, by), List.of()).stream()
        .map(example -> more.examples().of(key, example, mapHeight, mapWidth))
        .toList();
  }

  private List<FeatureMapReport> featureMaps(Map<Integer, Map<String, Attention>> splits) {
    Map<Integer, List<Served>> served = new HashMap<>();
    for (ClassFeatureMapsTable.Use row : uses) {
      served
          .computeIfAbsent(row.featureMap(), any -> new ArrayList<>())
          .add(
              new Served(
                  row.name(), row.classIndex(), row.rank(), row.share(), row.top5Fraction()));
    }
    served
        .values()
        .forEach(classes -> classes.sort(Comparator.comparingDouble(Served::share).reversed()));
    return maps.stream()
        .map(
            row ->
                new FeatureMapReport(
                    row.featureMap(),
                    row.n(),
                    new Activation(row.mean(), row.p10(), row.p50(), row.p90(), row.deadFraction()),
                    row.selectivity(),
                    // Some classes have no row of their own and therefore no page.
                    splits.containsKey(row.topClassIndex())
                        ? Optional.of(new TopClass(row.topClass(), row.topClassIndex()))
                        : Optional.empty(),
                    row.serves(),
                    served.getOrDefault(row.featureMap(), List.of()),
                    examples(row.featureMap(), -1, FeatureMapExamplesTable.BY_ACTIVATION),
                    examples(row.featureMap(), -1, FeatureMapExamplesTable.BY_RELEVANCE)))
        .sorted(Comparator.comparingInt(FeatureMapReport::map))
        .toList();
  }
}
