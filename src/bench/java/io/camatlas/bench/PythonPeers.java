package io.camatlas.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Python process that runs torch-cam and pytorch-grad-cam on request, one request at a time. */
final class PythonPeers implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader answers;
  private final Writer requests;
  private final List<String> ways = new ArrayList<>();
  private final String versions;

  /**
   * Starts Python and loads the model in it.
   *
   * @param python a Python that has torch, torchvision, and torchcam or grad-cam
   * @param folder folder for the script
   * @param task the input for peers.py
   * @throws IllegalStateException with Python's message if that fails
   */
  PythonPeers(String python, Path folder, Map<String, Object> task) throws IOException {
    Path script = folder.resolve("peers.py");
    try (InputStream in = PythonPeers.class.getResourceAsStream("peers.py")) {
      Files.write(script, in.readAllBytes());
    }
    Path log = folder.resolve("peers.log");
    try {
      process = new ProcessBuilder(python, script.toString()).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "against is "
              + python
              + ", which cannot be started; name a Python with torch,"
              + " torchvision, and torchcam or grad-cam. "
              + e.getMessage(),
          e);
    }
    answers = process.inputReader(StandardCharsets.UTF_8);
    requests = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    JsonNode ready = ask(task, log);
    ready.get("ways").forEach(way -> ways.add(way.asText()));
    versions = ready.get("versions").toString();
  }

  /** What it can run: plain forwards first, then the tools that are installed. */
  List<String> ways() {
    return ways;
  }

  /** Packages and their versions, as JSON. */
  String versions() {
    return versions;
  }

  /** Runs one of {@link #ways} once, and returns how many seconds it took. */
  double seconds(String way) throws IOException {
    return ask(Map.of("run", way), null).get("seconds").asDouble();
  }

  private JsonNode ask(Map<String, Object> request, Path log) throws IOException {
    String line;
    try {
      requests.write(JSON.writeValueAsString(request) + "\n");
      requests.flush();
      line = answers.readLine();
    } catch (IOException e) {
      line = null;
    }
    if (line == null) {
      throw new IllegalStateException(
          "Python exited without an answer. "
              + (log == null || !Files.exists(log) ? "" : Files.readString(log).strip()));
    }
    JsonNode answer = JSON.readTree(line);
    if (answer.has("problem")) {
      throw new IllegalStateException("Python reports: " + answer.get("problem").asText());
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
