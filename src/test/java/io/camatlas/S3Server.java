package io.camatlas;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;

/**
 * An S3-compatible server on loopback with one bucket, whose objects lie as files in a folder. It
 * is a process of its own, because its libraries are other than Spark's.
 */
public final class S3Server implements AutoCloseable {
  /** The bucket, as s3a names it. */
  public static final String BUCKET = "s3a://camatlas-test";

  private final Process process;
  private final Path folder;
  private final int port;

  private S3Server(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** Whether the build has a server for this Hadoop. */
  public static boolean exists() {
    return Files.exists(jar());
  }

  private static Path jar() {
    return Path.of(System.getProperty("camatlas.s3proxy", "none"));
  }

  /**
   * Starts the server and waits until it answers.
   *
   * @param folder for objects, settings and log
   */
  public static S3Server start(Path folder) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path settings = folder.resolve("s3proxy.conf");
    Path log = folder.resolve("s3proxy.log");
    Files.createDirectories(folder.resolve("buckets/camatlas-test"));
    Files.writeString(
        settings,
        String.join(
            "\n",
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=test-identity",
            "s3proxy.credential=test-credential",
            "jclouds.provider=filesystem",
            "jclouds.filesystem.basedir=" + folder.resolve("buckets")));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(), "-Xmx512m", "-jar", "" + jar(), "--properties", "" + settings)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return new S3Server(process, folder, port);
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    process.destroy();
    throw new IOException(Files.readString(log));
  }

  /** What Hadoop has to know, by name. */
  public Map<String, String> settings() {
    return new TreeMap<>(
        Map.of(
            "fs.s3a.endpoint", "http://127.0.0.1:" + port,
            "fs.s3a.endpoint.region", "us-east-1",
            "fs.s3a.path.style.access", "true",
            "fs.s3a.access.key", "test-identity",
            "fs.s3a.secret.key", "test-credential"));
  }

  /** Where the bucket's objects lie as files. */
  public Path objects() {
    return folder.resolve("buckets/camatlas-test");
  }

  /** Copies a folder into the bucket, through s3a. */
  public void upload(Path local, String name) throws IOException {
    Configuration conf = new Configuration();
    settings().forEach(conf::set);
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(BUCKET + "/" + name);
    FileSystem files = target.getFileSystem(conf);
    try (Stream<Path> walk = Files.walk(local)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String relative = local.relativize(file).toString().replace('\\', '/');
        FileUtil.copy(
            file.toFile(), files, new org.apache.hadoop.fs.Path(target, relative), false, conf);
      }
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
