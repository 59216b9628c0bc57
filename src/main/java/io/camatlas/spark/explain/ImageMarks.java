package io.camatlas.spark.explain;

import io.camatlas.image.Sha256;
import io.camatlas.spark.storage.RunFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.util.SparkUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names of the images in work, kept where they outlive the process, so that an image that takes its
 * process with it is found and set aside.
 *
 * <p>A mark is made before an image is decoded and removed when its outcome is written, or when its
 * task ends in any orderly way. So a mark that is left names an image that was in work when a
 * process ended without a word: killed by the system, or by native code that read the image. Images
 * with one mark left are explained last and one by one; those with {@value #MOST} are not tried
 * again. Where the driver's process is the only one, somebody who stops it is not taken for such an
 * end; executors are asked to stop also by a cluster on which they took too much memory.
 *
 * <p>Where marks cost nothing, on a disk of the only machine, all images get one, in a {@link
 * MarkPage}. On a cluster only a task that runs again marks its images, each by an empty file;
 * until then no executor has ended.
 */
final class ImageMarks implements AutoCloseable {
  /** How often a process may end with an image in work. */
  static final int MOST = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ImageMarks.class);

  private final Plan plan;
  private final Configuration hadoop;
  private final boolean all;
  private final Map<String, Integer> left;
  private final Set<String> made = new HashSet<>();

  /** Null where each mark is a file. */
  private final MarkPage page;

  private boolean stopped;

  /**
   * What the driver knows.
   *
   * @param folder where marks are
   * @param always whether every image gets a mark
   * @param again whether a task that runs again marks its images; not where Spark runs a second
   *     copy of slow tasks, whose marks would be those of the first
   * @param left number of marks that earlier starts left, by hash of the image's id
   */
  record Plan(String folder, boolean always, boolean again, Map<String, Integer> left)
      implements Serializable {
    /** Looks which marks are left. */
    static Plan of(RunFolder out, SparkContext spark) throws IOException {
      boolean always = spark.isLocal() && out.isOnLocalDisk();
      if (always) {
        MarkPage.spread(local(new Path(out.marks())));
      }
      return new Plan(
          out.marks(),
          always,
          !spark.getConf().getBoolean("spark.speculation", false),
          marks(out.marks(), spark.hadoopConfiguration()));
    }
  }

  ImageMarks(Plan plan, TaskContext context, Configuration hadoop) throws IOException {
    this.plan = plan;
    this.hadoop = hadoop;
    boolean again = plan.again() && context.attemptNumber() > 0;
    this.all = plan.always() || again;
    this.left = again ? marks(plan.folder(), hadoop) : plan.left();
    this.page = plan.always() ? page(local(new Path(plan.folder()))) : null;
    if (plan.always()) {
      OnlyProcess.IN_WORK.add(this);
    }
  }

  /** The marks of all tasks, where driver and tasks are one process. */
  private static final class OnlyProcess {
    static final Set<ImageMarks> IN_WORK = ConcurrentHashMap.newKeySet();
    private static final String HANDLER = SparkUncaughtExceptionHandler.class.getName();

    /** Whether somebody stops the process: tasks that still begin mark nothing. */
    private static volatile boolean stopping;

    static {
      try {
        Runtime.getRuntime().addShutdownHook(new Thread(OnlyProcess::stop, "camatlas-marks"));
      } catch (IllegalStateException e) {
        stopping = true;
        LOG.debug("The process is being stopped already.", e);
      }
    }

    private static void stop() {
      if (!endsOfAnError()) {
        stopping = true;
        IN_WORK.forEach(ImageMarks::stop);
      }
    }

    /**
     * Whether Spark ends the process for an error such as a lack of memory, and nobody else does.
     */
    private static boolean endsOfAnError() {
      return Thread.getAllStackTraces().values().stream()
          .flatMap(Arrays::stream)
          .anyMatch(frame -> frame.getClassName().equals(HANDLER));
    }
  }

  /** Null where there is no room for one: empty files may still fit. */
  private static MarkPage page(java.nio.file.Path folder) {
    try {
      return MarkPage.create(folder);
    } catch (IOException e) {
      LOG.warn("Each mark of an image in work is a file: {}", e.getMessage());
      return null;
    }
  }

  static Map<String, Integer> marks(String folder, Configuration hadoop) throws IOException {
    Map<String, Integer> marks = new HashMap<>();
    Path path = new Path(folder);
    try {
      for (FileStatus mark : path.getFileSystem(hadoop).listStatus(path)) {
        String name = mark.getPath().getName();
        marks.merge(name.substring(0, Math.max(0, name.indexOf('-'))), 1, Integer::sum);
      }
    } catch (FileNotFoundException e) {
      return Map.of();
    }
    return marks;
  }

  private static String hash(String imageId) {
    return Sha256.of(imageId.getBytes(StandardCharsets.UTF_8)).substring(0, 24);
  }

  /** How many processes have ended with this image in work. */
  int ended(String imageId) {
    return left.isEmpty() ? 0 : left.getOrDefault(hash(imageId), 0);
  }

  /** Marks an image, before its bytes are looked at. */
  synchronized void begin(String imageId) throws IOException {
    boolean isStopped = stopped || (plan.always() && OnlyProcess.stopping);
    if (!isStopped && (all || ended(imageId) > 0)) {
      String mark = hash(imageId) + "-" + (ended(imageId) + 1);
      create(mark);
      made.add(mark);
    }
  }

  /** Removes all marks of an image that was in work and has an outcome. */
  synchronized void end(String imageId) throws IOException {
    if (all || ended(imageId) > 0) {
      String hash = hash(imageId);
      for (int i = 1; i <= ended(imageId) + 1; i++) {
        delete(hash + "-" + i);
        made.remove(hash + "-" + i);
      }
    }
  }

  /** Removes the marks of images that this task leaves without an outcome. */
  @Override
  public synchronized void close() throws IOException {
    if (plan.always()) {
      OnlyProcess.IN_WORK.remove(this);
    }
    for (String mark : made) {
      delete(mark);
    }
    if (page != null) {
      page.close();
    }
  }

  /** Removes the marks of images in work, and makes no more, as somebody stops the process. */
  synchronized void stop() {
    stopped = true;
    try {
      close();
    } catch (IOException e) {
      LOG.warn("Images in work may count as if they had ended the process: {}", e.getMessage());
    }
  }

  private void create(String mark) throws IOException {
    if (page != null && page.add(mark)) {
      return;
    }
    Path path = new Path(plan.folder(), mark);
    FileSystem files = path.getFileSystem(hadoop);
    if (isLocal(files)) {
      // Hadoop would start a process for each file.
      Files.createDirectories(local(path).getParent());
      Files.write(local(path), new byte[0]);
    } else {
      files.create(path, true).close();
    }
  }

  private void delete(String mark) throws IOException {
    if (page != null && page.remove(mark)) {
      return;
    }
    Path path = new Path(plan.folder(), mark);
    FileSystem files = path.getFileSystem(hadoop);
    if (isLocal(files)) {
      Files.deleteIfExists(local(path));
    } else {
      files.delete(path, false);
    }
  }

  private static boolean isLocal(FileSystem files) {
    return "file".equals(files.getUri().getScheme());
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
