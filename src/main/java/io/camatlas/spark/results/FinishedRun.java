package io.camatlas.spark.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.InputKind;
import io.camatlas.config.ModelOptions;
import io.camatlas.model.GridLayout;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreKind;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ReadSource;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import io.camatlas.spark.storage.RowCount;
import io.camatlas.spark.storage.RunFolder;
import io.camatlas.suggest.Choices;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What {@code run.json} says about a finished explain run.
 *
 * @param folder that the run was written to
 * @param id names the run in its tables
 * @param started when it was first started, as ISO 8601 text
 * @param ended when it was last completed, as ISO 8601 text; empty where the record does not say
 * @param model the model's name
 * @param modelSha256 SHA-256 of the model's archive, in hexadecimal
 * @param classes class names by index
 * @param superclasses for each class the name of its group, or empty text; empty without groups
 * @param input shape of one image
 * @param preprocessing preprocessing as text
 * @param layers names of the layers explained, at least one
 * @param rules rules that gave maps, at least one
 * @param settings every setting by name; empty text means not set
 * @param counts what the run has written; null where the record does not say
 * @param images what it read; null where the record does not say
 */
public record FinishedRun(
    String folder,
    String id,
    String started,
    String ended,
    String model,
    String modelSha256,
    List<String> classes,
    List<String> superclasses,
    String input,
    String preprocessing,
    List<String> layers,
    Map<String, GridLayout> layouts,
    List<RunRule> rules,
    Map<String, String> settings,
    RunEnd.Counts counts,
    RunEnd.Images images) {
  public FinishedRun {
    classes = List.copyOf(classes);
    superclasses = List.copyOf(superclasses);
    layers = List.copyOf(layers);
    rules = List.copyOf(rules);
    settings = Map.copyOf(settings);
  }

  /** Whether images of the run may have several labels. */
  public boolean mayHaveSeveralLabels() {
    String scores = rules.get(0).parameters().getOrDefault(ModelOptions.SCORES.name(), "");
    return Choices.of(scores, ScoreKind.class).map(ScoreKind::isMultiLabel).orElse(false);
  }

  /** The thresholds of a model's labels as runs keep them: one for all, or one for each. */
  public static String thresholds(ModelCard card) {
    return card.thresholds().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** Whether a model's scores are read as in this run, as far as labels are decided by them. */
  public boolean answersAs(ModelCard card) {
    Map<String, String> parameters = rules.get(0).parameters();
    boolean isMultiLabel = card.scores().isMultiLabel();
    return mayHaveSeveralLabels() == isMultiLabel
        && (!isMultiLabel
            || (card.scores().text().equals(parameters.get(ModelOptions.SCORES.name()))
                && thresholds(card)
                    .equals(parameters.getOrDefault(ModelOptions.THRESHOLD.name(), ""))));
  }

  /**
   * Makes sure that images have one label each.
   *
   * @throws InputException naming the run, if they may have several
   */
  public void requireOneLabel() {
    if (mayHaveSeveralLabels()) {
      throw new InputException(
          "`from` %s is a run of a model of several labels (`scores` is multi-label). This command compares and ranks images by their one label, and says nothing of such a run yet."
              .formatted(folder));
    }
  }

  /**
   * Makes sure that the run has a rule of this index.
   *
   * @throws IllegalArgumentException naming the rules, if it has not
   */
  public void requireRule(int rule) {
    if (rule >= rules.size()) {
      throw new IllegalArgumentException(
          "`rule` is "
              + rule
              + "; the run has "
              + rules.size()
              + ", counted from 0: "
              + rules.stream().map(RunRule::method).toList()
              + ".");
    }
  }

  /**
   * The layers that a rule has maps of: the network's input for one of pixels, else all others.
   *
   * @param rule index of the rule, which must be there
   */
  public List<String> layersOf(int rule) {
    // Runs from before there were others name no rules.
    boolean pixels = rule < rules.size() && rules.get(rule).isOfPixels();
    return layers.stream().filter(name -> pixels == LayerName.isInput(name)).toList();
  }

  /**
   * The source that the run read when it was last started; empty if the record names none. Records
   * of older runs do not say how it was read, except where the user did.
   */
  public Optional<ReadSource> source() {
    String given = settings.getOrDefault(ExplainOptions.IMAGES.name(), "");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Optional<RunEnd.Images> read = Optional.ofNullable(images);
    InputKind kind =
        read.flatMap(known -> Optional.ofNullable(known.kind()))
            .or(() -> Optional.ofNullable(settings.get(ExplainOptions.INPUT_KIND.name())))
            .flatMap(name -> Choices.of(name, InputKind.class))
            .orElse(InputKind.AUTO);
    Optional<String> column =
        read.flatMap(known -> Optional.ofNullable(known.contentColumn()))
            .or(() -> Optional.ofNullable(settings.get(ExplainOptions.CONTENT_COLUMN.name())))
            .filter(name -> !name.isEmpty());
    return Optional.of(new ReadSource(given, kind, column.stream().toList()));
  }

  /** The run's part of the table {@code explanations}. */
  public String explanations() {
    return part(ExplanationsTable.NAME);
  }

  /**
   * Makes sure that the tables hold as many rows as the run wrote; reads their footers only.
   *
   * @throws InputException naming the table and both numbers, if rows were added or removed since
   */
  public void requireRows(SparkSession spark) {
    if (counts != null) {
      requireRows(spark, explanations(), ExplanationsTable.NAME, counts.explanations());
      requireRows(spark, failures(), FailuresTable.NAME, counts.failures());
    }
  }

  private void requireRows(SparkSession spark, String path, String table, long expected) {
    long found = exists(spark, path) ? RowCount.of(spark, path) : 0;
    if (found != expected) {
      throw new InputException(
          String.format(
              "`from` %s has %,d rows in the table %s, but its run wrote %,d; rows were added or"
                  + " removed since. Run the same 'camatlas explain' again: it sets such rows aside"
                  + " and explains their images again.",
              folder, found, table, expected));
    }
  }

  private static boolean exists(SparkSession spark, String path) {
    try {
      Path folder = new Path(path);
      return folder.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(folder);
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + path + ": " + e.getMessage(), e);
    }
  }

  /** The run's part of the table {@code failures}. */
  public String failures() {
    return part(FailuresTable.NAME);
  }

  private String part(String table) {
    return new Path(new Path(folder, table), "run=" + id).toString();
  }

  /**
   * Reads the latest finished run of a folder; Spark need not have started.
   *
   * @throws InputException if the folder is missing or holds no finished run of {@code camatlas
   *     explain}
   */
  public static FinishedRun read(String folder) {
    HadoopFiles.requireNoPattern("from", folder);
    return read(folder, new Path(folder, ResultFolder.RUN_JSON));
  }

  /**
   * Reads all finished runs of a folder, the first one started first.
   *
   * @throws InputException as {@link #read}
   */
  public static List<FinishedRun> all(String folder) {
    return all(folder, new ArrayList<>());
  }

  /**
   * As {@link #all(String)}.
   *
   * @param unfinished receives the runs that are left out
   */
  public static List<FinishedRun> all(String folder, List<UnfinishedRun> unfinished) {
    HadoopFiles.requireNoPattern("from", folder);
    List<FinishedRun> runs = new ArrayList<>();
    try {
      Path records = new Path(folder, RunFolder.RUNS);
      FileSystem files = records.getFileSystem(HadoopFiles.configuration());
      for (FileStatus record : files.listStatus(records)) {
        RunRecord run = record(files, record.getPath());
        if (run.isFinished()) {
          runs.add(of(folder, run, end(files, record.getPath()), files));
        } else {
          unfinished.add(new UnfinishedRun(text(run.run()), folder));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of(read(folder));
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + folder + ": " + e.getMessage(), e);
    }
    if (runs.isEmpty()) {
      throw unfinished(folder);
    }
    runs.sort(Comparator.comparing(FinishedRun::started));
    return runs;
  }

  /**
   * Makes sure that rows which are added to a folder are of the tables' versions there.
   *
   * @param out may not exist yet
   * @throws InputException naming table and versions, if any run in it has other versions
   */
  public static void requireSameTables(String out) {
    Path root = new Path(out);
    try {
      FileSystem files = root.getFileSystem(HadoopFiles.configuration());
      List<Path> records = new ArrayList<>();
      Path latest = new Path(root, ResultFolder.RUN_JSON);
      if (files.exists(latest)) {
        records.add(latest);
      }
      Path runs = new Path(root, RunFolder.RUNS);
      if (files.exists(runs)) {
        for (FileStatus record : files.listStatus(runs)) {
          records.add(record.getPath());
        }
      }
      for (Path file : records) {
        Map<String, Integer> tables = record(files, file).tables();
        TableVersions.requireForAdding(
            out, tables, ExplanationsTable.NAME, ExplanationsTable.VERSION);
        TableVersions.requireForAdding(out, tables, FailuresTable.NAME, FailuresTable.VERSION);
      }
    } catch (JsonProcessingException e) {
      throw new InputException(
          "`out` is " + out + ", but a record in it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException("Cannot read `out` " + out + ": " + e.getMessage(), e);
    }
  }

  private static InputException unfinished(String folder) {
    return new InputException(
        "`from` is "
            + folder
            + ", whose run has not finished; run the same 'camatlas explain' again to resume it.");
  }

  private static RunRecord record(FileSystem files, Path file) throws IOException {
    // A cached file system has the configuration of whoever opened it first.
    return ResultJson.read(files.makeQualified(file), RunRecord.class, files.getConf());
  }

  /** What a record of a complete run says in addition. */
  private record End(String ended, RunEnd.Counts counts, RunEnd.Images images) {}

  private static End end(FileSystem files, Path file) throws IOException {
    return ResultJson.read(files.makeQualified(file), End.class, files.getConf());
  }

  private static FinishedRun read(String folder, Path file) {
    try {
      Path root = new Path(folder);
      FileSystem files = root.getFileSystem(HadoopFiles.configuration());
      if (!files.exists(file) && files.exists(new Path(root, RunFolder.RUNS))) {
        throw unfinished(folder);
      }
      Optional<Path> below = ResultsBelow.run(files, root);
      if (below.isPresent()) {
        throw new InputException(
            "`from` is "
                + folder
                + ", which is not a run itself. "
                + ResultsBelow.question(below.get()));
      }
      if (!files.exists(file)) {
        throw new InputException(
            "`from` is "
                + folder
                + (files.exists(root) ? ", which has no run.json" : ", which does not exist")
                + "; give the folder that 'camatlas explain' wrote.");
      }
      return of(folder, record(files, file), end(files, file), files);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "`from` is " + folder + ", but its run.json is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + folder + ": " + e.getMessage(), e);
    }
  }

  private static FinishedRun of(String folder, RunRecord run, End end, FileSystem files)
      throws IOException {
    RunRecord.Model model = run.model();
    if (!files.exists(new Path(folder, ExplanationsTable.NAME))
        || model == null
        || model.sha256() == null
        || isEmpty(model.layers())
        || run.settings() == null
        || run.settings().isEmpty()) {
      throw new InputException(
          "`from` is "
              + folder
              + ", which is not a result of 'camatlas explain'; it has no explanations, or run.json"
              + " names no model, layers and settings.");
    }
    TableVersions.require(
        folder, run.tables(), run.camatlas(), ExplanationsTable.NAME, ExplanationsTable.VERSION);
    return new FinishedRun(
        folder,
        text(run.run()),
        text(run.started()),
        text(end.ended()),
        text(model.name()),
        model.sha256(),
        isEmpty(model.classes()) ? List.of() : model.classes(),
        isEmpty(model.superclasses()) ? List.of() : model.superclasses(),
        text(model.input()),
        text(model.preprocessing()),
        model.layers().stream().map(ProbedLayer::name).toList(),
        model.layers().stream().collect(Collectors.toMap(ProbedLayer::name, ProbedLayer::layout)),
        isEmpty(run.rules()) ? List.of() : run.rules(),
        run.settings(),
        end.counts(),
        end.images());
  }

  private static boolean isEmpty(List<?> list) {
    return list == null || list.isEmpty();
  }

  private static String text(String given) {
    return given == null ? "" : given;
  }
}
