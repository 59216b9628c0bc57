package io.camatlas.spark.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.RunFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * What {@code run.json} says of a finished explain run.
 *
 * @param folder that the run was written to
 * @param id names the run in its tables
 * @param started when it was started first, as ISO 8601 text
 * @param model the model's name
 * @param modelSha256 of the model's archive, in hexadecimal
 * @param classes names by index
 * @param input shape of one image
 * @param preprocessing as text
 * @param layers names of the layers explained, at least one
 * @param rules that gave maps, at least one
 * @param settings every setting by name; empty text means nothing
 */
public record FinishedRun(
    String folder,
    String id,
    String started,
    String model,
    String modelSha256,
    List<String> classes,
    String input,
    String preprocessing,
    List<String> layers,
    List<RunRule> rules,
    Map<String, String> settings) {
  /** Status of a run that is complete. */
  public static final String FINISHED = "finished";

  public FinishedRun {
    classes = List.copyOf(classes);
    layers = List.copyOf(layers);
    rules = List.copyOf(rules);
    settings = Map.copyOf(settings);
  }

  /** The run's part of the table {@code explanations}. */
  public String explanations() {
    return part("explanations");
  }

  /** The run's part of the table {@code failures}. */
  public String failures() {
    return part("failures");
  }

  private String part(String table) {
    return new Path(new Path(folder, table), "run=" + id).toString();
  }

  /**
   * Reads the run of a folder that finished last; Spark need not have started.
   *
   * @throws InputException if nothing is there, or no finished run of {@code camatlas explain}
   */
  public static FinishedRun read(String folder) {
    return read(folder, new Path(folder, ResultFolder.RUN_JSON));
  }

  /**
   * Reads all finished runs of a folder, first started first.
   *
   * @throws InputException as {@link #read}
   */
  public static List<FinishedRun> all(String folder) {
    List<FinishedRun> runs = new ArrayList<>();
    try {
      Path records = new Path(folder, RunFolder.RUNS);
      FileSystem files = records.getFileSystem(SparkHadoopUtil.get().conf());
      for (FileStatus record : files.listStatus(records)) {
        JsonNode json = new ObjectMapper().readTree(text(files, record.getPath()));
        if (json.path("status").asText().equals(FINISHED)) {
          runs.add(read(folder, record.getPath()));
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

  private static InputException unfinished(String folder) {
    return new InputException(
        "`from` is "
            + folder
            + ", whose run has not finished; run the same 'camatlas explain' again, it goes on"
            + " where it stopped.");
  }

  private static String text(FileSystem files, Path file) throws IOException {
    byte[] bytes = new byte[(int) files.getFileStatus(file).getLen()];
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(0, bytes);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static FinishedRun read(String folder, Path file) {
    try {
      Path root = new Path(folder);
      FileSystem files = root.getFileSystem(SparkHadoopUtil.get().conf());
      if (!files.exists(file) && files.exists(new Path(root, RunFolder.RUNS))) {
        throw unfinished(folder);
      }
      if (!files.exists(file)) {
        throw new InputException(
            "`from` is "
                + folder
                + ", and no run.json is there; give the folder that 'camatlas explain' wrote.");
      }
      JsonNode run = new ObjectMapper().readTree(text(files, file));
      if (!files.exists(new Path(root, "explanations"))
          || !run.at("/model/sha256").isTextual()
          || run.at("/model/layers").isEmpty()
          || run.path("settings").isEmpty()) {
        throw new InputException(
            "`from` is "
                + folder
                + ", which is no result of 'camatlas explain'; it has no explanations, or run.json"
                + " names no model, layers and settings.");
      }
      requireVersion(folder, run, "explanations", ExplanationsTable.VERSION);
      return of(folder, run);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "`from` is " + folder + ", but its run.json is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks the version of a table.
   *
   * @param json what the folder says of itself
   * @throws InputException naming both versions, if they differ
   */
  public static void requireVersion(String folder, JsonNode json, String table, int version) {
    int found = json.path("tables").path(table).asInt(-1);
    if (found != version) {
      throw new InputException(
          "`from` "
              + folder
              + " has the table "
              + table
              + " in version "
              + (found < 0 ? "unknown" : found)
              + "; this CamAtlas reads version "
              + version
              + ". Make it anew with this version, or read it with the one that wrote it ("
              + json.path("camatlas").asText("unknown")
              + ").");
    }
  }

  /** A JSON object of texts. */
  public static Map<String, String> texts(JsonNode json) {
    Map<String, String> texts = new LinkedHashMap<>();
    json.fields().forEachRemaining(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  private static FinishedRun of(String folder, JsonNode run) {
    List<String> classes = new ArrayList<>();
    run.at("/model/classes").forEach(name -> classes.add(name.asText()));
    List<String> layers = new ArrayList<>();
    for (JsonNode layer : run.at("/model/layers")) {
      String path = layer.path("path").asText();
      layers.add(
          layer.path("calls").asInt(1) == 1 ? path : path + "#" + (layer.path("call").asInt() + 1));
    }
    List<RunRule> rules = new ArrayList<>();
    for (JsonNode rule : run.path("rules")) {
      rules.add(new RunRule(rule.path("method").asText(), texts(rule.path("parameters"))));
    }
    return new FinishedRun(
        folder,
        run.path("run").asText(),
        run.path("started").asText(),
        run.at("/model/name").asText(),
        run.at("/model/sha256").asText(),
        classes,
        run.at("/model/input").asText(),
        run.at("/model/preprocessing").asText(),
        layers,
        rules,
        texts(run.path("settings")));
  }
}
