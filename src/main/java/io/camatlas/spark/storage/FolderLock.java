package io.camatlas.spark.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.spark.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two drivers from writing to one folder.
 *
 * <p>A lock is a folder of numbered claims; the highest number holds it. A claim is created in one
 * step, so that of several drivers that want the same number one gets it. Whoever takes over from a
 * dead holder claims the next number, which fences the other off: should it wake up, it finds a
 * higher claim than its own, and {@link #require} stops it before it commits anything.
 *
 * <p>The holder renews a small file every few seconds. Whether a holder is alive is asked of the
 * system where both run on the same one, so that a paused driver keeps its lock; else that file is
 * watched for some beats.
 */
final class FolderLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of the owners in this process, from before they claim anything. */
  private static final Set<String> OWNERS_HERE = ConcurrentHashMap.newKeySet();

  private static final Set<FolderLock> HELD_HERE = ConcurrentHashMap.newKeySet();
  private static final int BEAT_SECONDS = 3;
  private static final int WATCHED_BEATS = 4;
  private static final String NUMBER = "[0-9]{1,18}";
  private static final int TRIES = 20;
  private static final int LOOKS = 10;
  private static final int LOOK_MILLIS = 100;

  /** Object stores on which a file that another writes at the same time may be replaced. */
  private static final Set<String> NOT_ATOMIC =
      Set.of("s3", "s3a", "s3n", "gs", "oss", "obs", "cosn", "wasb", "wasbs");

  private static final int SETTLED_MILLIS = 2_000;

  private final Configuration hadoop;
  private final String place;
  private final Holder own;
  private final long number;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "camatlas-lock");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> beats;
  private volatile Path folder;
  private long beat;

  private FolderLock(Configuration hadoop, Path folder, String place, Holder own, long number) {
    this.hadoop = hadoop;
    this.folder = folder;
    this.place = place;
    this.own = own;
    this.number = number;
    HELD_HERE.add(this);
    tryBeat();
    this.beats =
        clock.scheduleAtFixedRate(this::tryBeat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Who holds a lock.
   *
   * @param owner names the lock's object in its process
   * @param process which process that is, and whether one can be asked for here
   */
  private record Holder(String owner, ProcessName process) {
    byte[] json() throws IOException {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("owner", owner)
              .put("host", process.host())
              .put("pid", process.pid())
              .put("machine", process.machine())
              .put("started", process.started()));
    }

    static Holder of(JsonNode json) {
      return new Holder(
          json.path("owner").asText(),
          new ProcessName(
              json.path("host").asText(),
              json.path("pid").asLong(),
              json.path("machine").asText(),
              json.path("started").asLong()));
    }
  }

  /**
   * Takes the lock, from a dead holder too.
   *
   * @param folder of the claims; it is made where it is missing
   * @param place what is locked, as the user named it
   * @throws InputException if a living process holds it
   */
  static FolderLock take(Path folder, String place, Configuration hadoop) throws IOException {
    return take(folder, place, ProcessName.own(), hadoop);
  }

  /** As {@link #take(Path, String, Configuration)}, by a process that says who it is. */
  static FolderLock take(Path folder, String place, ProcessName process, Configuration hadoop)
      throws IOException {
    Holder own = new Holder(UUID.randomUUID().toString(), process);
    OWNERS_HERE.add(own.owner());
    try {
      return take(folder, place, own, hadoop);
    } catch (IOException | RuntimeException e) {
      OWNERS_HERE.remove(own.owner());
      throw e;
    }
  }

  private static FolderLock take(Path folder, String place, Holder own, Configuration hadoop)
      throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      files.mkdirs(folder);
      OptionalLong last = last(folder, hadoop);
      if (last.isPresent()) {
        Holder holder = read(claim(folder, last.getAsLong()), hadoop);
        if (isAlive(holder, own, folder, hadoop)) {
          throw new InputException(
              "`out` is "
                  + place
                  + ", which another run is writing to ("
                  + holder.process()
                  + "); wait for it, stop it, or choose another folder.");
        }
      }
      long next = last.orElse(0) + 1;
      if (create(claim(folder, next), own.json(), hadoop) && holds(folder, next, own, hadoop)) {
        FolderLock lock = new FolderLock(hadoop, folder, place, own, next);
        lock.removeOthers();
        return lock;
      }
    }
    throw new InputException(
        "`out` is "
            + place
            + ", which several runs want to write to at once; start them one by one.");
  }

  private static Path claim(Path folder, long number) {
    return new Path(folder, Long.toString(number));
  }

  private static Path beatOf(Path folder, Holder holder) {
    return new Path(folder, "beat-" + holder.owner());
  }

  /** The highest claim. */
  private static OptionalLong last(Path folder, Configuration hadoop) throws IOException {
    OptionalLong last = OptionalLong.empty();
    try {
      for (FileStatus file : folder.getFileSystem(hadoop).listStatus(folder)) {
        String name = file.getPath().getName();
        if (name.matches(NUMBER)) {
          last = OptionalLong.of(Math.max(last.orElse(0), Long.parseLong(name)));
        }
      }
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    }
    return last;
  }

  /** Creates a file in one step; false if somebody else was quicker. */
  private static boolean create(Path file, byte[] bytes, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    if ("file".equals(files.getScheme())) {
      // Hadoop's own file system for this scheme looks first and creates then.
      try {
        Files.write(
            java.nio.file.Path.of(file.toUri().getPath()),
            bytes,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
        return true;
      } catch (java.nio.file.FileAlreadyExistsException | NoSuchFileException e) {
        return false;
      }
    }
    try (FSDataOutputStream out = files.create(file, false)) {
      out.write(bytes);
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      if (files.exists(file)) {
        return false;
      }
      throw e;
    }
    if (NOT_ATOMIC.contains(String.valueOf(files.getScheme()))) {
      sleep(SETTLED_MILLIS);
    }
    return true;
  }

  private static boolean holds(Path folder, long number, Holder own, Configuration hadoop)
      throws IOException {
    OptionalLong last = last(folder, hadoop);
    return last.isPresent()
        && last.getAsLong() == number
        && read(claim(folder, number), hadoop).owner().equals(own.owner());
  }

  private static boolean isAlive(Holder holder, Holder own, Path folder, Configuration hadoop)
      throws IOException {
    if (OWNERS_HERE.contains(holder.owner())) {
      return true;
    }
    if (holder.process().equals(own.process())) {
      return false;
    }
    Optional<Boolean> known = own.process().sees(holder.process());
    if (known.isPresent()) {
      return known.get();
    }
    Path file = beatOf(folder, holder);
    String before = text(file, hadoop);
    for (int i = 0; i < WATCHED_BEATS; i++) {
      sleep(1_000 * BEAT_SECONDS);
      if (!text(file, hadoop).equals(before)) {
        return true;
      }
    }
    return false;
  }

  private static void sleep(long millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lock", e);
    }
  }

  /** A file's text; empty where there is none. */
  private static String text(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return "";
    }
  }

  /** Who has a claim; nobody known where a full disk or the end of a process left it empty. */
  private static Holder read(Path file, Configuration hadoop) throws IOException {
    JsonNode json = JSON.createObjectNode();
    for (int look = 0; look < LOOKS && json.isEmpty(); look++) {
      if (look > 0) {
        // It may be being written just now.
        sleep(LOOK_MILLIS);
      }
      try {
        JsonNode read = JSON.readTree(text(file, hadoop));
        json = read.isObject() ? read : json;
      } catch (JsonProcessingException e) {
        LOG.debug("Half a claim in {}", file);
      }
    }
    return Holder.of(json);
  }

  /** What earlier holders have left behind. */
  private void removeOthers() throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    for (FileStatus file : files.listStatus(folder)) {
      String name = file.getPath().getName();
      boolean earlier =
          name.matches(NUMBER)
              ? Long.parseLong(name) < number
              : !file.getPath().getName().equals(beatOf(folder, own).getName());
      if (earlier) {
        files.delete(file.getPath(), false);
      }
    }
  }

  /** Whether nobody has taken this lock over. */
  boolean isHeld() throws IOException {
    return holds(folder, number, own, hadoop);
  }

  /**
   * Checks that this lock is still held; to be called before anything is committed.
   *
   * @throws LockLostException if another driver has taken it over
   */
  void require() throws IOException {
    if (isHeld()) {
      return;
    }
    OptionalLong last = last(folder, hadoop);
    String other =
        last.isPresent()
            ? " (" + read(claim(folder, last.getAsLong()), hadoop).process() + ")"
            : ", which has ended";
    throw new LockLostException(
        place
            + " was taken over by another run"
            + other
            + " while this one did not answer. This run has stopped and has committed nothing"
            + " since. Once the other has ended, run the same command to resume.");
  }

  /** Something that the file system does. */
  interface Move {
    void run() throws IOException;
  }

  /** Gives the folder of the claims, with all around it, another name. */
  synchronized void moveTo(Path moved, Move move) throws IOException {
    move.run();
    folder = moved;
  }

  private synchronized void tryBeat() {
    try {
      require();
      HadoopFiles.write(
          beatOf(folder, own), Long.toString(beat++).getBytes(StandardCharsets.UTF_8), hadoop);
    } catch (LockLostException e) {
      LOG.warn("{}", e.getMessage());
      clock.shutdown();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot renew {}: {}", beatOf(folder, own), e.toString());
    }
  }

  /** As if this process had been killed: nothing is renewed, and nothing is cleaned up. */
  static void dieHere() {
    HELD_HERE.forEach(lock -> lock.clock.shutdownNow());
    HELD_HERE.clear();
    OWNERS_HERE.clear();
  }

  /** Gives the lock back, unless another has taken it over. */
  @Override
  public void close() throws IOException {
    beats.cancel(false);
    clock.shutdown();
    try {
      // A beat that is being written now would bring its file back.
      clock.awaitTermination(BEAT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    HELD_HERE.remove(this);
    OWNERS_HERE.remove(own.owner());
    FileSystem files = folder.getFileSystem(hadoop);
    files.delete(beatOf(folder, own), false);
    if (isHeld()) {
      files.delete(claim(folder, number), false);
    }
  }
}
