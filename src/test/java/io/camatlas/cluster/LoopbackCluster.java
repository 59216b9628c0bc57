package io.camatlas.cluster;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A standalone cluster of real processes on this machine: a Master and Workers of the Spark that
 * the build assembles.
 */
final class LoopbackCluster implements AutoCloseable {
  private static final int START_SECONDS = 60;

  private final Path folder;
  private final String master;
  private final List<Process> processes = new ArrayList<>();

  private LoopbackCluster(Path folder, String master) {
    this.folder = folder;
    this.master = master;
  }

  /**
   * Starts a cluster and waits until all workers have registered.
   *
   * @param folder for logs and the workers' files
   * @param cores of each worker
   * @param workerOptions system properties of the workers, as {@code -Dname=value}
   */
  static LoopbackCluster start(Path folder, int workers, int cores, String... workerOptions)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    LoopbackCluster cluster = new LoopbackCluster(folder, "spark://127.0.0.1:" + port);
    try {
      Path log =
          cluster.launch(
              "master",
              List.of(),
              "org.apache.spark.deploy.master.Master",
              List.of("--host", "127.0.0.1", "--port", "" + port, "--webui-port", "0"));
      cluster.await(log, "New state: ALIVE", 1);
      for (int i = 0; i < workers; i++) {
        cluster.launch(
            "worker" + i,
            List.of(workerOptions),
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                "127.0.0.1",
                "--cores",
                "" + cores,
                "--memory",
                "2g",
                "--work-dir",
                folder.resolve("work" + i).toString(),
                "--webui-port",
                "0",
                cluster.master));
      }
      cluster.await(log, "Registering worker", workers);
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private Path launch(String name, List<String> options, String main, List<String> arguments)
      throws IOException {
    Path spark = Submission.project().resolve("target/spark");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(Submission.SHORT_LIVED);
    command.addAll(Arrays.asList(System.getProperty("camatlas.opens", "").split(" ")));
    command.addAll(options);
    command.add("-cp");
    command.add(
        Submission.project().resolve("src/test/cluster") + File.pathSeparator + spark + "/jars/*");
    command.add(main);
    command.addAll(arguments);
    command.removeIf(String::isEmpty);
    Path log = folder.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    processes.add(builder.start());
    return log;
  }

  private void await(Path log, String text, int times) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (true) {
      try (Stream<String> lines = Files.lines(log)) {
        if (lines.filter(line -> line.contains(text)).count() >= times) {
          return;
        }
      }
      if (System.nanoTime() > end || processes.stream().anyMatch(process -> !process.isAlive())) {
        throw new AssertionError("no '" + text + "' in " + Files.readString(log));
      }
      Thread.sleep(100);
    }
  }

  /** Runs {@code jobs/camatlas} on this cluster. */
  Submission submit(List<String> sparkOptions, List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("--master", master));
    all.addAll(List.of("--conf", "spark.driver.host=127.0.0.1"));
    all.addAll(List.of("--conf", "spark.executor.memory=1g"));
    all.addAll(List.of("--conf", "spark.ui.enabled=false"));
    String options = String.join(" ", Submission.SHORT_LIVED);
    all.addAll(List.of("--conf", "spark.executor.defaultJavaOptions=" + options));
    all.addAll(sparkOptions);
    all.addAll(arguments);
    return Submission.start(folder, all);
  }

  /** The executors that are alive. */
  List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(process -> process.toHandle().descendants())
        .filter(LoopbackCluster::isExecutor)
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    // ProcessHandle cuts long command lines off.
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
          .contains("CoarseGrainedExecutorBackend");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
