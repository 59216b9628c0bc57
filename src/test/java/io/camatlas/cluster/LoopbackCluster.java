package io.camatlas.cluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Spark's standalone cluster on 127.0.0.1: a master and workers, each a JVM of its own, of the
 * Spark that the build assembles. Jobs are submitted by the script {@code jobs/camatlas}.
 *
 * <p>What tests in one JVM cannot show happens here: classes and natives reach executors by {@code
 * --jars}, closures are serialized, accumulators come by heartbeats, executors can be killed. All
 * processes end with {@link #close}, and with the JVM of the test.
 */
public final class LoopbackCluster implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");
  private static final Pattern SPARK_CORE =
      Pattern.compile("spark-core_(\\d+\\.\\d+)-(\\d+\\.\\d+)\\..*\\.jar");

  private final Path folder;
  private final Path project;
  private final Path target;
  private final Path jar;
  private final String scalaVersion;
  private final String sparkLine;
  private final List<Process> daemons = new ArrayList<>();
  private final List<Submission> submissions = new ArrayList<>();
  private final Thread atExit = new Thread(this::kill, "loopback-cluster-at-exit");
  private String master = "";

  /**
   * What each worker offers.
   *
   * @param cores tasks at once
   * @param memoryMegabytes of all its executors together
   * @param gpus how many it claims to have; their addresses count from 0, and nobody looks whether
   *     they are there
   */
  public record Worker(int cores, int memoryMegabytes, int gpus) {
    /** A gigabyte and no GPU. */
    public static Worker withCores(int cores) {
      return new Worker(cores, 1024, 0);
    }
  }

  private LoopbackCluster(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.project = Path.of(System.getProperty("camatlas.project", "")).toAbsolutePath();
    this.target =
        Path.of(System.getProperty("camatlas.target", String.valueOf(project.resolve("target"))));
    Path jars = target.resolve("spark/jars");
    if (!Files.isDirectory(jars)) {
      throw new IllegalStateException(
          jars + " is missing; Maven's phase process-classes puts Spark there: mvn test-compile.");
    }
    try (Stream<Path> files = Files.list(jars)) {
      Matcher core =
          files
              .map(file -> SPARK_CORE.matcher(String.valueOf(file.getFileName())))
              .filter(Matcher::matches)
              .findFirst()
              .orElseThrow();
      this.scalaVersion = core.group(1);
      this.sparkLine = core.group(2);
    }
    this.jar = jarOf(target.resolve("classes"), folder.resolve("camatlas.jar"));
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts a cluster and waits until its master knows all workers.
   *
   * @param folder for logs and the workers' files; left to the caller
   */
  public static LoopbackCluster start(Path folder, int workers, Worker worker) throws IOException {
    LoopbackCluster cluster = new LoopbackCluster(folder);
    try {
      cluster.startMaster();
      cluster.startWorkers(workers, worker);
      return cluster;
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void startMaster() throws IOException {
    Process process = daemon("master", "org.apache.spark.deploy.master.Master", List.of());
    Path log = log("master");
    Patience.until(
        () -> MASTER.matcher(Patience.text(log)).find(),
        START,
        "the master",
        process.toHandle(),
        log);
    Matcher started = MASTER.matcher(Patience.text(log));
    master = started.find() ? started.group(1) : "";
  }

  private void startWorkers(int workers, Worker worker) throws IOException {
    Path properties = properties(worker);
    Process last = daemons.get(0);
    for (int i = 0; i < workers; i++) {
      Path files = Files.createDirectories(folder.resolve("worker-" + i));
      last =
          daemon(
              "worker-" + i,
              "org.apache.spark.deploy.worker.Worker",
              List.of(
                  "--cores",
                  String.valueOf(worker.cores()),
                  "--memory",
                  worker.memoryMegabytes() + "m",
                  "--work-dir",
                  files.toString(),
                  "--properties-file",
                  properties.toString(),
                  master));
    }
    Path log = log("master");
    Patience.until(
        () -> Patience.count(log, "Registering worker") == workers,
        START,
        workers + " workers",
        last.toHandle(),
        workers == 0 ? log : log("worker-" + (workers - 1)));
  }

  private Path properties(Worker worker) throws IOException {
    String settings = "";
    if (worker.gpus() > 0) {
      String addresses =
          IntStream.range(0, worker.gpus())
              .mapToObj(address -> "\"" + address + "\"")
              .collect(Collectors.joining(", "));
      Path script =
          Files.writeString(
              folder.resolve("gpus.sh"),
              "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [" + addresses + "]}'\n");
      if (!script.toFile().setExecutable(true)) {
        throw new IOException(script + " cannot be made executable.");
      }
      settings =
          "spark.worker.resource.gpu.amount %d%nspark.worker.resource.gpu.discoveryScript %s%n"
              .formatted(worker.gpus(), script);
    }
    return Files.writeString(folder.resolve("worker.properties"), settings);
  }

  private Process daemon(String name, String mainClass, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Small and quick to start: they only pass messages on.
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(opens());
    command.addAll(List.of("-cp", target.resolve("spark/jars") + File.separator + "*", mainClass));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    prepare(builder.environment());
    builder.environment().put("SPARK_HOME", target.resolve("spark").toString());
    builder.environment().put("SPARK_SCALA_VERSION", scalaVersion);
    Process process = builder.redirectErrorStream(true).redirectOutput(log(name).toFile()).start();
    daemons.add(process);
    return process;
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** What Spark needs opened on Java 17, as this JVM was started with it. */
  private static List<String> opens() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .toList();
  }

  /** Nothing of a Spark that the developer has, and no address but the loopback's. */
  private static void prepare(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(name -> name.startsWith("SPARK_") || name.startsWith("CAMATLAS_"));
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Where jobs are sent, {@code spark://127.0.0.1:PORT}. */
  public String master() {
    return master;
  }

  /** The workers, in the order of their start. */
  public List<ProcessHandle> workers() {
    return daemons.stream().skip(1).map(Process::toHandle).toList();
  }

  /**
   * Runs {@code jobs/camatlas --master spark://… OPTIONS ARGUMENTS} on the classes under test.
   *
   * @param sparkOptions of spark-submit, for example {@code --conf}, {@code spark.cores.max=1}
   * @param arguments the command and its options
   */
  public Submission submit(List<String> sparkOptions, List<String> arguments) throws IOException {
    int number = submissions.size();
    List<String> command = new ArrayList<>();
    command.add(project.resolve("jobs/camatlas").toString());
    command.addAll(List.of("--master", master));
    // Executors are told apart by it, see Submission.executors.
    command.addAll(
        List.of("--conf", "spark.executor.defaultJavaOptions=" + Submission.mark(number)));
    command.addAll(sparkOptions);
    command.addAll(arguments);
    Path out = folder.resolve("driver-" + number + ".out");
    Path err = folder.resolve("driver-" + number + ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    prepare(builder.environment());
    builder.environment().put("CAMATLAS_JAR", jar.toString());
    builder.environment().put("CAMATLAS_SPARK", sparkLine);
    Process driver = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    Submission submission = new Submission(number, driver, out, err, this::workers);
    submissions.add(submission);
    return submission;
  }

  /** The tests run before the build makes its jar, so the cluster gets one of the same classes. */
  private static Path jarOf(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> tree = Files.walk(classes)) {
      for (Path entry : tree.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(
            new ZipEntry(classes.relativize(entry).toString().replace(File.separatorChar, '/')));
        Files.copy(entry, zip);
        zip.closeEntry();
      }
    }
    return jar;
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void kill() {
    List<ProcessHandle> processes = new ArrayList<>();
    // Found before anything is killed: orphans have no parent to be found by.
    for (Process parent : parents()) {
      processes.add(parent.toHandle());
      parent.descendants().forEach(processes::add);
    }
    processes.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : processes) {
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  private List<Process> parents() {
    List<Process> parents = new ArrayList<>(daemons);
    submissions.forEach(submission -> parents.add(submission.driver()));
    return parents;
  }
}
