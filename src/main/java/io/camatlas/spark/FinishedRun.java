package io.camatlas.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * What {@code run.json} says of a finished explain run.
 *
 * @param folder of the run
 * @param modelSha256 of the model's archive, in hexadecimal
 * @param classes names by index
 * @param preprocessing as text
 * @param layers names of the layers explained, at least one
 * @param settings every setting by name; empty text means nothing
 */
public record FinishedRun(
    String folder,
    String modelSha256,
    List<String> classes,
    String preprocessing,
    List<String> layers,
    Map<String, String> settings) {

  public FinishedRun {
    classes = List.copyOf(classes);
    layers = List.copyOf(layers);
    settings = Map.copyOf(settings);
  }

  /**
   * Reads a run; Spark need not have started.
   *
   * @throws InputException if nothing is there, or no run of {@code camatlas explain}
   */
  public static FinishedRun read(String folder) {
    try {
      Path root = new Path(folder);
      FileSystem files = root.getFileSystem(SparkHadoopUtil.get().conf());
      Path file = new Path(root, "run.json");
      if (!files.exists(file)) {
        throw new InputException(
            "--from is "
                + folder
                + ", and no run.json is there; give the folder that 'camatlas explain' wrote.");
      }
      byte[] bytes = new byte[(int) files.getFileStatus(file).getLen()];
      try (FSDataInputStream in = files.open(file)) {
        in.readFully(0, bytes);
      }
      JsonNode run = new ObjectMapper().readTree(new String(bytes, StandardCharsets.UTF_8));
      if (!files.exists(new Path(root, "explanations"))
          || !run.at("/model/sha256").isTextual()
          || run.at("/model/layers").isEmpty()
          || run.path("settings").isEmpty()) {
        throw new InputException(
            "--from is "
                + folder
                + ", which is no result of 'camatlas explain'; it has no explanations, or run.json"
                + " names no model, layers and settings.");
      }
      return of(folder, run);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "--from is " + folder + ", but its run.json is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InputException("Cannot read --from " + folder + ": " + e.getMessage(), e);
    }
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
    Map<String, String> settings = new LinkedHashMap<>();
    run.path("settings")
        .fields()
        .forEachRemaining(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
    return new FinishedRun(
        folder,
        run.at("/model/sha256").asText(),
        classes,
        run.at("/model/preprocessing").asText(),
        layers,
        settings);
  }
}
