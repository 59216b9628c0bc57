package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;

import io.camatlas.localize.Region;
import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.MeanImage;
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
import io.camatlas.report.facts.MapExample;
import io.camatlas.report.facts.ReportedView;
import io.camatlas.report.facts.ReportedView.Layer;
import io.camatlas.report.facts.ReportedView.Model;
import io.camatlas.report.facts.ReportedView.Pointing;
import io.camatlas.report.facts.ReportedView.Rule;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads an atlas's tables into what pages show. */
final class AtlasReader {
  /** Feature maps of a class that its page shows with examples. */
  static final int MAPS_OF_CLASS = 5;

  private static final List<String> MEASURES =
      List.of("entropy_nats", "gini", "spread", "peak_x", "peak_y", "parts_50");

  private final SparkSession spark;
  private final AtlasFolder atlas;

  AtlasReader(SparkSession spark, AtlasFolder atlas) {
    this.spark = spark;
    this.atlas = atlas;
  }

  /**
   * What does not come from the atlas, by {@link ViewKey#ofClass}.
   *
   * @param pictures of each class
   * @param histograms of each class
   * @param means of each class
   * @param examples turns rows of feature_map_examples into what is shown
   */
  record FromRuns(
      Map<String, List<ShownPicture>> pictures,
      Map<String, List<Histogram>> histograms,
      Map<String, MeanImage> means,
      ExampleMaker examples) {}

  /** Makes an example of a feature map of what the atlas says of it. */
  interface ExampleMaker {
    MapExample of(ViewKey view, Row example, int mapHeight, int mapWidth);
  }

  /** Everything that pages show of the atlas. */
  List<ViewReport> read(FromRuns more) {
    Map<ViewKey, List<Row>> attention =
        byView(
            MapRows.reduced(
                table("class_attention")
                    .withColumn("grid_height", col("map_height"))
                    .withColumn("grid_width", col("map_width")),
                "mean_map",
                "variance_map",
                "peak_counts"));
    Map<ViewKey, List<Row>> bias = byView(table("spatial_bias"));
    Map<ViewKey, List<Row>> truth = byView(table("localization_truth"));
    Map<ViewKey, List<Row>> confusions =
        byView(
            table("confusions")
                .select(
                    "run",
                    "layer",
                    "label",
                    "label_index",
                    "predicted",
                    "predicted_index",
                    "n",
                    "confidence",
                    "overlap"));
    Map<ViewKey, List<Row>> calibration =
        byView(table("calibration").where("by IN ('all', 'confidence')"));
    Map<ViewKey, List<Row>> maps = byView(table("feature_maps"));
    Map<ViewKey, List<Row>> shares = byView(firstMaps());
    Map<ViewKey, List<Row>> examples = byView(examples());
    List<ViewKey> keys = new ArrayList<>(attention.keySet());
    keys.sort(Comparator.comparing(ViewKey::run).thenComparing(ViewKey::layer));
    List<ViewReport> reports = new ArrayList<>();
    for (ViewKey key : keys) {
      reports.add(
          new ViewTables(
                  key,
                  reports.size() + 1,
                  attention.get(key),
                  bias.getOrDefault(key, List.of()),
                  truth.getOrDefault(key, List.of()),
                  confusions.getOrDefault(key, List.of()),
                  calibration.getOrDefault(key, List.of()),
                  maps.getOrDefault(key, List.of()),
                  shares.getOrDefault(key, List.of()),
                  examples.getOrDefault(key, List.of()),
                  more)
              .report());
    }
    return reports;
  }

  /** What each class draws on first; these are the feature maps that serve it, and have pages. */
  private Dataset<Row> firstMaps() {
    return table("class_feature_maps")
        .where(col("rank").leq(MAPS_OF_CLASS).and(col("share").gt(0)));
  }

  private Dataset<Row> table(String name) {
    return atlas.table(spark, name);
  }

  /**
   * Examples that are shown: of all classes for the feature maps that matter, of a class for its
   * first ones.
   */
  Dataset<Row> examples() {
    Dataset<Row> all = table("feature_map_examples");
    Dataset<Row> serving =
        table("feature_maps").where("serves > 0").select("run", "layer", "feature_map");
    Dataset<Row> firsts = firstMaps().select("run", "layer", "class_index", "feature_map");
    Dataset<Row> ofAll =
        all.where("class IS NULL")
            .join(serving, new String[] {"run", "layer", "feature_map"}, "left_semi");
    Dataset<Row> ofClasses =
        all.where("class IS NOT NULL AND by = 'relevance'")
            .join(firsts, new String[] {"run", "layer", "class_index", "feature_map"}, "left_semi");
    return ofAll
        .unionByName(ofClasses)
        .selectExpr(
            "run",
            "layer",
            "feature_map",
            "class_index",
            "by",
            "slice(examples, 1, IF(class_index IS NULL, "
                + ReportJob.EXAMPLES_OF_MAP
                + ", "
                + ReportJob.EXAMPLES_OF_CLASS
                + ")) AS examples");
  }

  private static Map<ViewKey, List<Row>> byView(Dataset<Row> rows) {
    Map<ViewKey, List<Row>> byView = new LinkedHashMap<>();
    for (Row row : rows.collectAsList()) {
      byView.computeIfAbsent(ViewKey.of(row), key -> new ArrayList<>()).add(row);
    }
    return byView;
  }

  /** The rows of one view, brought together. */
  private final class ViewTables {
    private final ViewKey key;
    private final int number;
    private final List<Row> attention;
    private final Map<Integer, List<Row>> bias;
    private final Map<Integer, List<Row>> truth;
    private final List<Row> confusions;
    private final List<Row> calibration;
    private final List<Row> maps;
    private final List<Row> shares;
    private final Map<String, List<Row>> examples;
    private final FromRuns more;
    private int mapHeight;
    private int mapWidth;

    ViewTables(
        ViewKey key,
        int number,
        List<Row> attention,
        List<Row> bias,
        List<Row> truth,
        List<Row> confusions,
        List<Row> calibration,
        List<Row> maps,
        List<Row> shares,
        List<Row> examples,
        FromRuns more) {
      this.key = key;
      this.number = number;
      this.attention = attention;
      this.bias = byInt(bias, "class_index");
      this.truth = byInt(truth, "class_index");
      this.confusions = confusions;
      this.calibration = calibration;
      this.maps = maps;
      this.shares = shares;
      this.more = more;
      this.examples = new HashMap<>();
      for (Row row : examples) {
        Fields fields = new Fields(row);
        this.examples
            .computeIfAbsent(
                exampleKey(
                    fields.index("feature_map"), fields.index("class_index"), fields.text("by")),
                name -> new ArrayList<>())
            .addAll(fields.rows("examples"));
      }
    }

    private String exampleKey(int map, int classIndex, String by) {
      return map + " " + classIndex + " " + by;
    }

    private Map<Integer, List<Row>> byInt(List<Row> rows, String column) {
      Map<Integer, List<Row>> found = new TreeMap<>();
      for (Row row : rows) {
        found.computeIfAbsent(new Fields(row).index(column), any -> new ArrayList<>()).add(row);
      }
      return found;
    }

    ViewReport report() {
      Map<Integer, Map<String, Row>> splits = new TreeMap<>();
      long explanations = 0;
      for (Row row : attention) {
        Fields fields = new Fields(row);
        splits
            .computeIfAbsent(fields.index("class_index"), any -> new HashMap<>())
            .put(fields.text("split"), row);
        if (fields.has("map_height")) {
          mapHeight = fields.index("grid_height");
          mapWidth = fields.index("grid_width");
        }
        if (fields.text("split").equals("all")) {
          explanations += fields.count("n");
        }
      }
      Map<Integer, List<Row>> ofClass = byInt(shares, "class_index");
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
          view(explanations, featureMaps), classes, featureMaps, calibrationBins());
    }

    private ReportedView view(long explanations, List<FeatureMapReport> featureMaps) {
      Optional<Fields> all =
          calibration.stream()
              .map(Fields::new)
              .filter(row -> row.text("by").equals("all"))
              .findFirst();
      // In the row of all classes the class is null, so that its index reads as -1.
      Optional<Fields> objects =
          truth.getOrDefault(-1, List.of()).stream().map(Fields::new).findFirst();
      AtlasRun run = atlas.runs().get(key.run());
      int dead = (int) featureMaps.stream().filter(map -> map.activation().dead() == 1).count();
      return new ReportedView(
          number,
          key.run(),
          explanations,
          new Model(run.model(), run.modelSha256(), run.input()),
          new Layer(key.layer(), mapHeight, mapWidth, featureMaps.size(), dead),
          new Rule(run.method(), run.parameters()),
          new ReportedView.Predictions(
              all.map(row -> row.count("n")).orElse(0L),
              all.map(row -> row.number("accuracy")).orElse(Double.NaN),
              all.map(row -> row.number("confidence")).orElse(Double.NaN),
              all.map(row -> row.number("ece")).orElse(Double.NaN)),
          objects
              .map(
                  row ->
                      new Pointing(
                          row.number("pointing_macro"), row.number("pointing_centre_macro")))
              .filter(pointing -> !Double.isNaN(pointing.hits())));
    }

    private List<CalibrationBin> calibrationBins() {
      return calibration.stream()
          .map(Fields::new)
          .filter(row -> row.text("by").equals("confidence"))
          .map(
              row ->
                  new CalibrationBin(
                      row.number("low"),
                      row.number("high"),
                      row.count("n"),
                      row.number("accuracy"),
                      row.number("confidence")))
          .sorted(Comparator.comparingDouble(CalibrationBin::low))
          .toList();
    }

    private Map<Integer, List<Confusion>> confusionsByClass() {
      Map<Integer, List<Confusion>> byClass = new HashMap<>();
      for (Row row : confusions) {
        Fields fields = new Fields(row);
        Confusion pair =
            new Confusion(
                fields.text("label"),
                fields.index("label_index"),
                fields.text("predicted"),
                fields.index("predicted_index"),
                fields.count("n"),
                fields.number("confidence"),
                fields.number("overlap"));
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
        int index, Map<String, Row> splits, List<Row> shares, List<Confusion> pairs) {
      Fields all = new Fields(splits.get("all"));
      String name = all.text("class");
      return new ClassReport(
          name,
          index,
          new ClassReport.Predictions(
              all.count("labelled"),
              all.number("accuracy"),
              all.number("precision"),
              all.number("confidence")),
          new Maps(
              all.count("n"),
              all.count("empty"),
              grid(splits.get("all"), "mean_map"),
              grid(splits.get("all"), "variance_map"),
              grid(splits.get("all"), "peak_counts"),
              split(splits.get("right")),
              split(splits.get("wrong"))),
          measures(all),
          regions(bias.getOrDefault(index, List.of())),
          truth.getOrDefault(index, List.of()).stream()
              .map(row -> truth(new Fields(row)))
              .findFirst(),
          shares.stream()
              .map(Fields::new)
              .sorted(Comparator.comparingInt(row -> row.index("rank")))
              .map(row -> share(row, index))
              .toList(),
          pairs,
          new Singles(
              more.histograms().getOrDefault(key.ofClass(index), List.of()),
              Optional.ofNullable(more.means().get(key.run() + "\n" + index)),
              more.pictures().getOrDefault(key.ofClass(index), List.of())));
    }

    private Split split(Row row) {
      long visible = row == null ? 0 : new Fields(row).count("n") - new Fields(row).count("empty");
      return new Split(visible, grid(row, "mean_map"));
    }

    private Optional<Grid> grid(Row row, String column) {
      if (row == null) {
        return Optional.empty();
      }
      Fields fields = new Fields(row);
      return fields.grid(column, fields.index("map_height"), fields.index("map_width"));
    }

    private List<Measured> measures(Fields row) {
      List<Measured> measures = new ArrayList<>();
      for (String name : MEASURES) {
        if (row.has(name) && row.struct(name).has("mean")) {
          Fields measure = row.struct(name);
          measures.add(
              new Measured(
                  name,
                  measure.number("mean"),
                  measure.number("p10"),
                  measure.number("p50"),
                  measure.number("p90")));
        }
      }
      return measures;
    }

    private List<RegionShare> regions(List<Row> rows) {
      return rows.stream()
          .map(Fields::new)
          .map(
              row ->
                  new RegionShare(
                      Region.valueOf(row.text("region").toUpperCase(Locale.ROOT)),
                      row.number("mass"),
                      row.number("ci_low"),
                      row.number("ci_high"),
                      row.number("area"),
                      row.number("dataset_mass"),
                      row.row().<Boolean>getAs("flag")))
          .sorted(Comparator.comparing(RegionShare::region))
          .toList();
    }

    private Truth truth(Fields row) {
      return new Truth(
          row.count("n"),
          row.number("pointing"),
          row.number("pointing_centre"),
          row.number("energy"),
          row.number("energy_uniform"),
          row.number("max_box_acc"));
    }

    private MapShare share(Fields row, int index) {
      int map = row.index("feature_map");
      return new MapShare(
          map,
          row.index("rank"),
          row.number("share"),
          row.number("top5_fraction"),
          examples(map, index, "relevance"));
    }

    private List<MapExample> examples(int map, int classIndex, String by) {
      return examples.getOrDefault(exampleKey(map, classIndex, by), List.of()).stream()
          .map(row -> more.examples().of(key, row, mapHeight, mapWidth))
          .toList();
    }

    private List<FeatureMapReport> featureMaps(Map<Integer, Map<String, Row>> splits) {
      Map<Integer, List<Served>> served = new HashMap<>();
      for (Row share : shares) {
        Fields row = new Fields(share);
        served
            .computeIfAbsent(row.index("feature_map"), any -> new ArrayList<>())
            .add(
                new Served(
                    row.text("class"),
                    row.index("class_index"),
                    row.index("rank"),
                    row.number("share"),
                    row.number("top5_fraction")));
      }
      served
          .values()
          .forEach(classes -> classes.sort(Comparator.comparingDouble(Served::share).reversed()));
      return maps.stream()
          .map(Fields::new)
          .map(
              row -> {
                int map = row.index("feature_map");
                return new FeatureMapReport(
                    map,
                    row.count("n"),
                    new Activation(
                        row.number("mean"),
                        row.number("p10"),
                        row.number("p50"),
                        row.number("p90"),
                        row.number("dead_fraction")),
                    row.number("selectivity"),
                    // Some classes have no row of their own, and so no page.
                    splits.containsKey(row.index("top_class_index"))
                        ? Optional.of(
                            new TopClass(row.text("top_class"), row.index("top_class_index")))
                        : Optional.empty(),
                    row.index("serves"),
                    served.getOrDefault(map, List.of()),
                    examples(map, -1, "activation"),
                    examples(map, -1, "relevance"));
              })
          .sorted(Comparator.comparingInt(FeatureMapReport::map))
          .toList();
    }
  }
}
