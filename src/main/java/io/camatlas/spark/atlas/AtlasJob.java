package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.atlas.ClassComparison;
import io.camatlas.atlas.Gathering;
import io.camatlas.atlas.LabelState;
import io.camatlas.atlas.SliceState;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateException;
import io.camatlas.atlas.StateKind;
import io.camatlas.config.AtlasOptions;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasRecord;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.AtlasTables;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StatesTable;
import io.camatlas.spark.results.UnfinishedRun;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.RowCount;
import io.camatlas.spark.truth.TruthChoice;
import io.camatlas.spark.truth.TruthSource;
import io.camatlas.truth.ClassTruthState;
import io.camatlas.truth.TruthException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Creates an atlas from runs: gathers their explanations into states, merges these with the states
 * of other atlases, and computes all tables from the merged states.
 *
 * <p>Maps and weights are read once. The atlas of several runs equals the atlas of their union. It
 * appears in its folder only when it is complete.
 */
public final class AtlasJob {
  /** A state may take a megabyte. Explanations are read no slower. */
  private static final int ROWS_AT_ONCE = 64;

  private final SparkSession spark;
  private final AtlasJobSettings settings;
  private final PrintStream console;

  public AtlasJob(SparkSession spark, AtlasJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.console = console;
  }

  /**
   * What a job did.
   *
   * @param out where the atlas is
   * @param explanations number of explanations in the atlas
   * @param read how many of these were read by this job; the others came as states
   * @param tables number of rows by table
   * @param seconds wall time
   */
  public record Report(
      String out, long explanations, long read, Map<String, Long> tables, double seconds) {}

  /**
   * Checks that the results can be written, before anything else is done.
   *
   * @throws InputException if the folder is not empty and must not be replaced
   */
  public void checkOut() throws IOException {
    open(spark.sparkContext().hadoopConfiguration()).close();
  }

  private ResultFolder open(Configuration hadoop) {
    return ResultFolder.open(settings.out(), settings.overwrite(), ResultFolder.ATLAS_JSON, hadoop);
  }

  /**
   * Runs the job.
   *
   * @throws InputException if a folder cannot be used, or rows do not belong together; in that case
   *     nothing has been written
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (JobRun job = JobRun.start(spark);
        ResultFolder folder = open(hadoop)) {
      job.readAtOnce(ROWS_AT_ONCE);
      List<AtlasSource> sources = new ArrayList<>();
      Set<UnfinishedRun> unfinished = new LinkedHashSet<>();
      for (String from : settings.from()) {
        List<UnfinishedRun> left = new ArrayList<>();
        sources.addAll(AtlasSource.open(from, settings.only(), left, spark));
        unfinished.addAll(left);
      }
      unfinished.forEach(run -> console.println("Note: " + run.note()));
      AtlasSource.requireDistinct(sources);
      Map<String, AtlasRun> runs = new TreeMap<>();
      sources.forEach(source -> runs.putAll(source.runs()));
      long read = gather(job, sources, folder);
      long explanations = read + sources.stream().mapToLong(AtlasSource::gathered).sum();
      Map<String, Long> tables = read(job, runs, folder);
      Report report = new Report(folder.place(), explanations, read, tables, job.seconds());
      folder.commit(about(job, sources, unfinished, runs, report));
      return report;
    } catch (InputException | IOException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions of its own without declaring them.
      throw rowsThatDoNotBelongTogether(e);
    }
  }

  /**
   * Converts an executor's complaint about the rows to a message for the user; other errors stay
   * internal.
   */
  private static RuntimeException rowsThatDoNotBelongTogether(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StateException) {
        return new InputException("`from`: " + cause.getMessage(), e);
      }
      if (cause instanceof TruthException) {
        return new InputException("`truth`: " + cause.getMessage(), e);
      }
    }
    return e instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("The atlas could not be created: " + e.getMessage(), e);
  }

  private long gather(JobRun job, List<AtlasSource> sources, ResultFolder folder)
      throws IOException {
    Dataset<Row> parts = null;
    List<Dataset<Row>> keys = new ArrayList<>();
    Set<String> shared = shared(sources);
    requireOneTruth(sources);
    long rows = 0;
    for (AtlasSource source : sources) {
      Dataset<Row> own;
      if (source.isAtlas()) {
        if (!concepts().isEmpty()) {
          throw new InputException(
              "`concepts` is set, but `from` names an atlas, whose images are gathered already; name"
                  + " the runs instead.");
        }
        if (!settings.truth().equals(TruthChoice.MANIFEST)) {
          throw new InputException(
              "`truth` is set, but `from` names an atlas, whose maps were measured already; name the"
                  + " runs instead.");
        }
        own = source.states(spark).select(columns());
        keys.addAll(keysBehind(source, shared));
      } else {
        Dataset<Row> explanations = source.explanations(spark);
        rows += explanations.count();
        String run = source.runs().keySet().iterator().next();
        keys.add(keys(explanations, run));
        own =
            GatherStage.apply(
                ConceptGroups.join(
                    spark,
                    TruthSource.join(spark, explanations, settings.truth(), source.classes()),
                    source,
                    concepts(),
                    console),
                run,
                source.classes(),
                settings.given().get(AtlasOptions.EXAMPLES),
                settings.truth(),
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
      }
      parts = parts == null ? own : parts.union(own);
    }
    job.expect(rows + sources.stream().mapToLong(AtlasSource::gathered).sum());
    if (keys.size() > 1) {
      requireEachOnce(keys.stream().reduce(Dataset::union).orElseThrow());
    }
    job.describe("gather " + rows + " explanations");
    console.printf(
        "Reading %,d explanations for an atlas of %s%n", rows, String.join(", ", settings.from()));
    StatesTable.mergeInPieces(parts)
        .write()
        .partitionBy(StatesTable.KIND)
        .parquet(folder.part(StatesTable.NAME));
    joinPieces(folder);
    return rows;
  }

  /** Replaces the pieces of states that have many parts by the whole states, which are few. */
  private void joinPieces(ResultFolder folder) throws IOException {
    Path states = new Path(folder.part(StatesTable.NAME));
    Path pieces = new Path(states, StatesTable.KIND + "=" + StateKind.LAYER.name());
    FileSystem files = states.getFileSystem(spark.sparkContext().hadoopConfiguration());
    if (!files.exists(pieces)) {
      return;
    }
    Path joined = new Path(folder.part("_joined"), pieces.getName());
    StatesTable.merge(ofKind(stored(folder), StateKind.LAYER))
        .drop(StatesTable.KIND)
        .write()
        .parquet(joined.toString());
    files.delete(pieces, true);
    if (!files.rename(joined, pieces)) {
      throw new IOException("cannot move " + joined + " to " + pieces);
    }
    files.delete(joined.getParent(), true);
  }

  private List<String> concepts() {
    return settings.given().optional(AtlasOptions.CONCEPTS).orElse(List.of());
  }

  private static Column[] columns() {
    return Arrays.stream(StatesTable.SCHEMA.fieldNames())
        .map(functions::col)
        .toArray(Column[]::new);
  }

  private static Dataset<Row> keys(Dataset<Row> explanations, String run) {
    return explanations.select(
        lit(run).as(StatesTable.RUN),
        col(ExplanationsTable.LAYER),
        col(ExplanationsTable.TARGET_INDEX),
        col(ExplanationsTable.IMAGE_ID),
        col(ExplanationsTable.SHA256));
  }

  /**
   * A run has one truth in the atlas; what was measured against others cannot be told apart.
   *
   * @throws InputException if sources of one run were measured against different objects
   */
  private void requireOneTruth(List<AtlasSource> sources) throws IOException {
    Map<String, Optional<AtlasRecord.Truth>> known = new TreeMap<>();
    for (AtlasSource source : sources) {
      Map<String, AtlasRecord.Truth> own = truth(List.of(source));
      for (String run : source.runs().keySet()) {
        Optional<AtlasRecord.Truth> truth = Optional.ofNullable(own.get(run));
        Optional<AtlasRecord.Truth> other = known.putIfAbsent(run, truth);
        if (other != null && !other.equals(truth)) {
          throw new InputException(
              "`from` names parts of run %s whose maps were measured against different objects (%s, and %s); measure all against the same `truth`."
                  .formatted(run, words(other), words(truth)));
        }
      }
    }
  }

  private static String words(Optional<AtlasRecord.Truth> truth) {
    return truth
        .map(one -> "%s %s".formatted(one.kind(), one.place()).strip())
        .orElse("those of the manifest");
  }

  /** Runs of the same settings that several of the sources hold: these might share images. */
  private static Set<String> shared(List<AtlasSource> sources) {
    Set<String> seen = new HashSet<>();
    return sources.stream()
        .flatMap(source -> source.runs().keySet().stream())
        .filter(run -> !seen.add(run))
        .collect(Collectors.toSet());
  }

  /** The keys of the rows that an atlas was made from, as far as others might hold the same. */
  private List<Dataset<Row>> keysBehind(AtlasSource atlas, Set<String> shared) throws IOException {
    if (atlas.runs().keySet().stream().noneMatch(shared::contains)) {
      return List.of();
    }
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<String> missing = new ArrayList<>();
    List<AtlasFolder.Origin> origins =
        new AtlasFolder(atlas.path(), AtlasFolder.record(atlas.path(), hadoop))
            .origins(List.of(), missing, hadoop);
    if (!missing.isEmpty()) {
      console.printf(
          "Note: runs behind %s are gone (%s), so nobody can tell whether its images are those of"
              + " the other folders, too; such images count twice.%n",
          atlas.path(), String.join(", ", missing));
    }
    return origins.stream()
        .filter(origin -> shared.contains(origin.id()))
        .map(origin -> keys(origin.explanations(spark), origin.id()))
        .toList();
  }

  private static void requireEachOnce(Dataset<Row> keys) {
    List<Row> twice =
        keys.groupBy(Arrays.stream(keys.columns()).map(functions::col).toArray(Column[]::new))
            .agg(count(lit(1)).as("times"))
            .where(col("times").gt(1))
            .limit(1)
            .collectAsList();
    if (!twice.isEmpty()) {
      throw new InputException(
          "`from`: image '"
              + twice.get(0).getAs(ExplanationsTable.IMAGE_ID)
              + "' (sha256 "
              + twice.get(0).<String>getAs(ExplanationsTable.SHA256).substring(0, 12)
              + "…) is in several of the runs, or runs of atlases, with the same settings; it would"
              + " count twice. Give"
              + " runs of different images, or with different settings.");
    }
  }

  private Map<String, Long> read(JobRun job, Map<String, AtlasRun> runs, ResultFolder folder) {
    job.describe("compare classes");
    Dataset<Row> stored = stored(folder);
    Map<String, byte[]> comparisons = comparisons(ofKind(stored, StateKind.CLASS));
    for (AtlasTable<?> table : AtlasTables.ALL) {
      job.describe("write " + table.name());
      write(table, complete(stored, table.kind()), runs, comparisons, folder);
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    for (AtlasTable<?> table : AtlasTables.ALL) {
      counts.computeIfAbsent(table.name(), name -> RowCount.of(spark, folder.part(name)));
    }
    return counts;
  }

  private Dataset<Row> stored(ResultFolder folder) {
    return spark.read().parquet(folder.part(StatesTable.NAME)).select(columns());
  }

  /** All states of a kind, with those that are made from complete classes. */
  private static Dataset<Row> complete(Dataset<Row> stored, StateKind<?> kind) {
    Dataset<Row> own = ofKind(stored, kind);
    if (kind.name().equals(ClassTruthState.ALL.name())) {
      return truthOfAll(stored);
    }
    if (kind.name().equals(SliceState.KIND.name())) {
      // An image of several labels is in the groups of each, and would count once for each.
      // What classes have given up is told of all the same.
      Dataset<Row> several = ofKind(stored, LabelState.KIND).select(AtlasTable.RUN).distinct();
      String[] run = {AtlasTable.RUN};
      return own.union(slicesOfAll(own.join(several, run, "left_anti"), SliceState::asPartOfAll))
          .union(slicesOfAll(own.join(several, run, "left_semi"), SliceState::givenUpAsPartOfAll));
    }
    return own;
  }

  private static Dataset<Row> ofKind(Dataset<Row> states, StateKind<?> kind) {
    return states.where(col(StatesTable.KIND).equalTo(kind.name()));
  }

  /** One comparison for each layer of each run; small regardless of the number of images. */
  private static Map<String, byte[]> comparisons(Dataset<Row> classes) {
    MapPartitionsFunction<Row, Row> compare =
        rows -> {
          Map<Gathering.Group, ClassComparison> found = new LinkedHashMap<>();
          while (rows.hasNext()) {
            Row row = rows.next();
            found
                .computeIfAbsent(StatesTable.group(row), group -> new ClassComparison())
                .add(StatesTable.state(row, StateKind.CLASS));
          }
          return found.entrySet().stream()
              .map(
                  entry ->
                      StatesTable.toRow(
                          ofAll(entry.getKey(), StateKind.COMPARISON, entry.getValue())))
              .iterator();
        };
    Map<String, byte[]> found = new HashMap<>();
    Dataset<Row> parts = classes.mapPartitions(compare, Encoders.row(StatesTable.SCHEMA));
    for (Row row : StatesTable.merge(parts).collectAsList()) {
      found.put(key(StatesTable.group(row)), StatesTable.fromRow(row).bytes());
    }
    return found;
  }

  /** A state over all classes of a layer. */
  private static <S extends State<S>> Gathering.Part ofAll(
      Gathering.Group group, StateKind<S> kind, S state) {
    return new Gathering.Part(group, kind.name(), -1, -1, kind.write(state));
  }

  /** Ground truth of all classes of a layer together. */
  private static Dataset<Row> truthOfAll(Dataset<Row> states) {
    return ofAllClasses(
        ofKind(states, ClassTruthState.KIND),
        row ->
            ofAll(
                StatesTable.group(row),
                ClassTruthState.ALL,
                StatesTable.state(row, ClassTruthState.KIND).asPartOfAll()));
  }

  /** The images of all classes of a layer together, by their traits. */
  private static Dataset<Row> slicesOfAll(
      Dataset<Row> states, MapFunction<SliceState, SliceState> part) {
    return ofAllClasses(
        states,
        row ->
            ofAll(
                StatesTable.group(row),
                SliceState.KIND,
                part.call(StatesTable.state(row, SliceState.KIND))));
  }

  private static Dataset<Row> ofAllClasses(
      Dataset<Row> states, MapFunction<Row, Gathering.Part> partOfAll) {
    MapFunction<Row, Row> part = row -> StatesTable.toRow(partOfAll.call(row));
    return StatesTable.merge(states.map(part, Encoders.row(StatesTable.SCHEMA)));
  }

  private static String key(Gathering.Group group) {
    return group.run() + "\n" + group.layer();
  }

  private static <S extends State<S>> void write(
      AtlasTable<S> table,
      Dataset<Row> states,
      Map<String, AtlasRun> runs,
      Map<String, byte[]> comparisons,
      ResultFolder folder) {
    Places places = new Places(runs, comparisons);
    FlatMapFunction<Row, Row> rows =
        row -> {
          List<Row> own = new ArrayList<>();
          S state = StatesTable.state(row, table.kind());
          table.read(state, places.of(StatesTable.group(row)), own::add);
          return own.iterator();
        };
    Dataset<Row> read = states.flatMap(rows, Encoders.row(table.schema()));
    table.complete(read).write().mode(SaveMode.Append).parquet(folder.part(table.name()));
  }

  /** Finds what each state belongs to; comparisons are decoded once per task. */
  private static final class Places implements Serializable {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, AtlasRun> runs;
    private final HashMap<String, byte[]> comparisons;
    private transient Map<String, ClassComparison> known;

    Places(Map<String, AtlasRun> runs, Map<String, byte[]> comparisons) {
      this.runs = new HashMap<>(runs);
      this.comparisons = new HashMap<>(comparisons);
    }

    AtlasTable.Place of(Gathering.Group group) {
      if (known == null) {
        known = new HashMap<>();
      }
      ClassComparison classes =
          known.computeIfAbsent(
              key(group),
              name ->
                  comparisons.containsKey(name)
                      ? StateKind.COMPARISON.read(comparisons.get(name))
                      : new ClassComparison());
      return new AtlasTable.Place(group, runs.get(group.run()), classes);
    }
  }

  /** What was measured against something else than manifests, by run. */
  private Map<String, AtlasRecord.Truth> truth(List<AtlasSource> sources) throws IOException {
    Map<String, AtlasRecord.Truth> truth = new TreeMap<>();
    for (AtlasSource source : sources) {
      truth.putAll(source.truth());
      if (!source.isAtlas() && !settings.truth().equals(TruthChoice.MANIFEST)) {
        AtlasRecord.Truth given =
            settings.truth().record(spark.sparkContext().hadoopConfiguration());
        source.runs().keySet().forEach(run -> truth.put(run, given));
      }
    }
    return truth;
  }

  private AtlasRecord about(
      JobRun job,
      List<AtlasSource> sources,
      Set<UnfinishedRun> unfinished,
      Map<String, AtlasRun> runs,
      Report report)
      throws IOException {
    List<String> folders = new ArrayList<>();
    for (String from : settings.from()) {
      folders.add(HadoopFiles.qualified(from, spark.sparkContext().hadoopConfiguration()));
    }
    Map<String, String> ended = new TreeMap<>();
    for (AtlasSource source : sources) {
      source
          .ended()
          .forEach((run, end) -> ended.merge(run, end, (a, b) -> a.compareTo(b) < 0 ? b : a));
    }
    return AtlasRecord.of(
        job.started().toString(),
        report.seconds(),
        report.explanations(),
        report.tables(),
        settings.from(),
        folders,
        sources.stream().flatMap(source -> source.origins().stream()).toList(),
        ended,
        unfinished,
        runs,
        truth(sources),
        settings.given().texts());
  }
}
