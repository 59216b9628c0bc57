package io.camatlas.model;

import ai.djl.engine.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** PyTorch's native libraries in this process, as DJL finds them. */
public final class NativeEngine {
  private static final String ENGINE = "PyTorch";
  private static final String FOLDER = "PYTORCH_LIBRARY_PATH";
  private static final List<String> VARIABLES =
      List.of(FOLDER, "PYTORCH_VERSION", "PYTORCH_FLAVOR", "CUDA_VISIBLE_DEVICES");

  static {
    // Nodes may have no network: natives come with the jars or from PYTORCH_LIBRARY_PATH.
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private NativeEngine() {}

  /**
   * The engine; its libraries are loaded at the first call.
   *
   * @throws NetworkException naming every cause and where libraries were looked for, if they cannot
   *     be loaded
   */
  public static Engine get() {
    try {
      return Engine.getEngine(ENGINE);
    } catch (RuntimeException | LinkageError e) {
      throw new NetworkException(
          "PyTorch's native libraries cannot be loaded: " + causes(e) + ". " + lookedFor(), e);
    }
  }

  /** What the environment says of where libraries and devices are, in one sentence. */
  public static String lookedFor() {
    return lookedFor(System.getenv());
  }

  static String lookedFor(Map<String, String> environment) {
    List<String> set = new ArrayList<>();
    for (String name : VARIABLES) {
      String value = environment.get(name);
      if (value != null) {
        set.add(name + " is " + (value.isEmpty() ? "empty" : value));
      }
    }
    String folder = environment.get(FOLDER);
    if (folder != null && !Files.isDirectory(Path.of(folder))) {
      set.add("that folder does not exist");
    } else if (folder != null && !holds(Path.of(folder), "libtorch.so")) {
      set.add("that folder has no libtorch.so");
    }
    return set.isEmpty()
        ? "None of " + String.join(", ", VARIABLES) + " is set, so the libraries of the jars count."
        : "In the environment, " + String.join(", ", set) + ".";
  }

  private static boolean holds(Path folder, String file) {
    return Files.exists(folder.resolve(file));
  }

  /** The messages of an exception and its causes, each once. */
  static String causes(Throwable thrown) {
    List<String> messages = new ArrayList<>();
    Stream.iterate(thrown, next -> next != null, Throwable::getCause)
        .limit(10)
        .map(next -> String.valueOf(next.getMessage()).strip())
        .filter(message -> !message.isEmpty() && !messages.contains(message))
        .forEach(messages::add);
    return String.join("; ", messages);
  }
}
