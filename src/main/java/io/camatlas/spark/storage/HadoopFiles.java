package io.camatlas.spark.storage;

import io.camatlas.image.ImageException;
import io.camatlas.image.ImageProblem;
import io.camatlas.spark.InputException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.functional.FutureIO;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import scala.Option;

/** Reads and writes files on any Hadoop file system. */
public final class HadoopFiles {
  private static final String UNREADABLE = "#!";
  private static final Pattern PATTERN = Pattern.compile("[*?\\[\\]{}\\\\]");

  /** The longest byte array that every JVM can allocate. */
  private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private HadoopFiles() {}

  /**
   * The configuration of the Spark that runs, with what was set while it ran, such as keys in a
   * notebook; before Spark has started, that of its settings.
   */
  public static Configuration configuration() {
    Option<SparkContext> running = SparkContext$.MODULE$.getActive();
    if (running.isDefined()) {
      return running.get().hadoopConfiguration();
    }
    SparkConf settings = SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
    return SparkHadoopUtil.get().newConfiguration(settings);
  }

  /**
   * Reads a whole file, or the part of a tar file that a {@link FileRange} names.
   *
   * @throws ImageException if it is larger than {@code maxBytes}, in which case it is not read
   * @throws IOException if it does not exist, ends early, or is {@link #unreadable}
   */
  public static byte[] read(String path, Configuration hadoop, long maxBytes)
      throws IOException, ImageException {
    return read(path, null, hadoop, maxBytes);
  }

  /**
   * As {@link #read(String, Configuration, long)}, of a file whose length a listing knows: a store
   * that is reached over the network is then asked once, not for the length as well.
   *
   * <p>If the file is shorter now, it is read as it is. If it is longer, its beginning is read, as
   * nothing tells: who cannot decode that should ask for the {@link #length}.
   *
   * @param listed the length in bytes; null or 0 if it is not known
   */
  public static byte[] read(String path, Long listed, Configuration hadoop, long maxBytes)
      throws IOException, ImageException {
    Optional<FileRange> range = FileRange.parse(path);
    Path file = new Path(range.map(FileRange::file).orElse(path));
    FileSystem given = file.getFileSystem(hadoop);
    // Images have no checksum files, and Hadoop cannot even look for one if a name has a colon.
    FileSystem files =
        given instanceof LocalFileSystem checked ? checked.getRawFileSystem() : given;
    int why = path.indexOf(UNREADABLE);
    if (why >= 0 && !files.exists(file)) {
      throw new IOException(path.substring(0, why) + " " + path.substring(why + 2));
    }
    boolean local = given instanceof LocalFileSystem || given instanceof RawLocalFileSystem;
    long offset = range.map(FileRange::offset).orElse(0L);
    boolean asks = range.isEmpty() && (local || listed == null || listed == 0);
    long length =
        asks ? files.getFileStatus(file).getLen() : range.map(FileRange::length).orElse(listed);
    if (length > Math.min(maxBytes, LONGEST_ARRAY)) {
      throw new ImageException(
          ImageProblem.TOO_MANY_BYTES,
          path
              + " has "
              + length
              + " bytes; at most "
              + maxBytes
              + " are read. Raise the setting max-bytes, or make it smaller.");
    }
    byte[] bytes = new byte[(int) length];
    try (FSDataInputStream in =
        local || asks ? files.open(file) : open(files, file, offset, length, range.isPresent())) {
      in.readFully(offset, bytes);
    } catch (EOFException shorter) {
      if (asks || range.isPresent()) {
        throw shorter;
      }
      return read(path, null, hadoop, maxBytes);
    }
    return bytes;
  }

  /** The length of a whole file now, in bytes. */
  public static long length(String path, Configuration hadoop) throws IOException {
    Path file = new Path(path);
    return file.getFileSystem(hadoop).getFileStatus(file).getLen();
  }

  /**
   * Opens a file of which no byte after these will be read, so that a store need not look for its
   * end.
   */
  private static FSDataInputStream open(
      FileSystem files, Path file, long offset, long length, boolean isPart) throws IOException {
    return FutureIO.awaitFuture(
        files
            .openFile(file)
            .opt("fs.option.openfile.length", Long.toString(offset + length))
            .opt("fs.option.openfile.read.policy", isPart ? "random" : "whole-file")
            .build());
  }

  /**
   * A path for something that was found but must not or cannot be read, so that it is reported as a
   * failure instead of being skipped.
   *
   * @param why a phrase that follows the path, such as {@code is a link}
   */
  public static String unreadable(String path, String why) {
    return path + UNREADABLE + why;
  }

  /** Copies a local file to a place that executors can read. */
  public static void upload(java.nio.file.Path local, String path, Configuration hadoop)
      throws IOException {
    Path target = new Path(path);
    try (FSDataOutputStream out = target.getFileSystem(hadoop).create(target, true)) {
      Files.copy(local, out);
    }
  }

  /** Writes a file for people to open, without a checksum file beside it. */
  public static void write(Path path, byte[] bytes, Configuration hadoop) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    FileSystem plain = files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
    try (FSDataOutputStream out = plain.create(path, true)) {
      out.write(bytes);
    }
  }

  /**
   * Refuses the name of a folder of results that Spark would read as a pattern: it would not be
   * found, or another one in its place.
   *
   * @param option the setting that names it
   * @throws InputException if it is such a name
   */
  public static void requireNoPattern(String option, String folder) {
    // Spark looks at the path in full, and so at the working directory.
    String whole = inFull(folder);
    if (PATTERN.matcher(whole).find()) {
      throw new InputException(
          "`%s` is %s; in the name of a folder of results Spark reads * ? [ ] { } and \\ as a pattern. Choose a name without them, or rename the folder."
              .formatted(option, PATTERN.matcher(folder).find() ? folder : whole));
    }
  }

  private static String inFull(String folder) {
    try {
      return qualified(folder, configuration());
    } catch (IOException | IllegalArgumentException e) {
      // Where it cannot be opened, that is told.
      return folder;
    }
  }

  /** Resolves a path from a list that lies in a folder; relative paths start at that folder. */
  public static String resolve(Path folder, String given) {
    Path path = new Path(given);
    boolean relative = path.toUri().getScheme() == null && !path.isAbsolute();
    return (relative && folder != null ? new Path(folder, path) : path).toString();
  }

  /** A path in full, with its file system, wherever the working directory is later. */
  public static String qualified(String path, Configuration hadoop) throws IOException {
    Path given = new Path(path);
    return given.getFileSystem(hadoop).makeQualified(given).toString();
  }

  /** Whether reading means waiting for other machines over the network. */
  public static boolean isRemote(String path, Configuration hadoop) {
    try {
      FileSystem files = new Path(path).getFileSystem(hadoop);
      return !(files instanceof LocalFileSystem || files instanceof RawLocalFileSystem);
    } catch (IOException | IllegalArgumentException e) {
      // A table, or a list of globs, whose files may be anywhere.
      return true;
    }
  }

  /**
   * A file's name, length and time, which change whenever it is rewritten; empty if there is no
   * such file. Spark need not have started; its present or future configuration is used.
   */
  public static Optional<String> version(String path) throws IOException {
    Path file = new Path(path);
    try {
      FileStatus status = file.getFileSystem(configuration()).getFileStatus(file);
      return Optional.of(path + " " + status.getLen() + " " + status.getModificationTime());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Copies a file to this machine, into a new folder and under its own name; both are deleted when
   * this JVM ends. As for {@link #version}, Spark need not have started.
   */
  public static java.nio.file.Path copyWithName(String path) throws IOException {
    Path file = new Path(path);
    FileSystem files = file.getFileSystem(configuration());
    java.nio.file.Path folder = Files.createTempDirectory("camatlas-");
    folder.toFile().deleteOnExit();
    java.nio.file.Path local = folder.resolve(file.getName());
    local.toFile().deleteOnExit();
    try (FSDataInputStream in = files.open(file)) {
      Files.copy(in, local);
    }
    return local;
  }

  /** Copies a file to this machine; the copy is deleted when this JVM ends. */
  public static java.nio.file.Path copyToLocal(String path, Configuration hadoop) {
    Path file = new Path(path);
    try (FSDataInputStream in = file.getFileSystem(hadoop).open(file)) {
      java.nio.file.Path local = Files.createTempFile("camatlas-", ".pt");
      local.toFile().deleteOnExit();
      Files.copy(in, local, StandardCopyOption.REPLACE_EXISTING);
      return local;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + path + " to this machine", e);
    }
  }
}
