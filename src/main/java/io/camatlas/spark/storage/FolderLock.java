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
 * Keeps two drivers from writing to the same folder.
 *
 * <p>A lock is a folder of numbered claims; the highest number holds the lock. A claim is created
 * atomically, so if several drivers try for the same number, only one gets it. A driver that takes
 * over from a dead holder claims the next number, which fences the old holder off: if it wakes up,
 * it finds a claim higher than its own, and {@link #require} stops it before it commits anything.
 *
 * <p>The holder rewrites a small file, its heartbeat, every few seconds. If both drivers run on the
 * same machine, the operating system says whether the holder is alive, so a paused driver keeps its
 * lock. Otherwise that file is watched for a few heartbeats.
 */
final class FolderLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of the owners in this process, added before they claim anything. */
  private static final Set<String> OWNERS_HERE = ConcurrentHashMap.newKeySet();

  private static final Set<FolderLock> HELD_HERE = ConcurrentHashMap.newKeySet();
  private static final int BEAT_SECONDS = 3;
  private static final int WATCHED_BEATS = 4;
  private static final String NUMBER = "[0-9]{1,18}";
  private static final int TRIES = 20;
  private static final int LOOKS = 10;
  private static final int LOOK_MILLIS = 100;

  /** Object stores that may overwrite a file which another writer creates at the same time. */
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
  private volatile boolean isReplaced;
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
   * @param owner identifies the lock object within its process
   * @param process the process that holds the lock
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
   * Takes the lock, also from a dead holder.
   *
   * @param folder the folder of the claims; created if it is missing
   * @param place the folder that is locked, as the user named it
   * @throws InputException if a living process holds it
   */
  static FolderLock take(Path folder, String place, Configuration hadoop) throws IOException {
    return take(folder, place, ProcessName.own(), hadoop);
  }

  /** As {@link #take(Path, String, Configuration)}, for the given process. */
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
            + ", which several runs are trying to write to at once; start them one at a time.");
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

  /** Creates a file atomically; false if another process created it first. */
  private static boolean create(Path file, byte[] bytes, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    if ("file".equals(files.getScheme())) {
      // Hadoop's own file system for this scheme checks first and then creates, which is not
      // atomic.
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

  /** A file's text; empty if there is no such file. */
  private static String text(Path file, Configuration hadoop) throws IOException {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return "";
    }
  }

  /**
   * The holder of a claim; an unknown holder if a full disk or a killed process left the file
   * empty.
   */
  private static Holder read(Path file, Configuration hadoop) throws IOException {
    JsonNode json = JSON.createObjectNode();
    for (int look = 0; look < LOOKS && json.isEmpty(); look++) {
      if (look > 0) {
        // The file may still be being written.
        sleep(LOOK_MILLIS);
      }
      try {
        JsonNode read = JSON.readTree(text(file, hadoop));
        json = read.isObject() ? read : json;
      } catch (JsonProcessingException e) {
        LOG.debug("Incomplete claim in {}", file);
      }
    }
    return Holder.of(json);
  }

  /** Removes what earlier holders left behind. */
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

  /** Whether this lock is still held, that is, nobody has taken it over. */
  boolean isHeld() throws IOException {
    return holds(folder, number, own, hadoop);
  }

  /**
   * Checks that this lock is still held; call it before committing anything.
   *
   * @throws LockLostException if another driver has taken over the lock
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

  /** An operation of the file system. */
  interface Move {
    void run() throws IOException;
  }

  /** Runs a move that also renames the folder of the claims. */
  synchronized void moveTo(Path moved, Move move) throws IOException {
    move.run();
    folder = moved;
  }

  /** Says that what this lock is on is about to be replaced, and the lock with it. */
  void expectReplacement() {
    isReplaced = true;
  }

  private synchronized void tryBeat() {
    try {
      require();
      HadoopFiles.write(
          beatOf(folder, own), Long.toString(beat++).getBytes(StandardCharsets.UTF_8), hadoop);
    } catch (LockLostException e) {
      if (!isReplaced) {
        LOG.warn("{}", e.getMessage());
      }
      clock.shutdown();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot renew {}: {}", beatOf(folder, own), e.toString());
    }
  }

  /** Behaves as if this process had been killed: stops all heartbeats and cleans up nothing. */
  static void dieHere() {
    HELD_HERE.forEach(lock -> lock.clock.shutdownNow());
    HELD_HERE.clear();
    OWNERS_HERE.clear();
  }

  /** Releases the lock, unless another driver has taken it over. */
  @Override
  public void close() throws IOException {
    beats.cancel(false);
    clock.shutdown();
    try {
      // A heartbeat being written at this moment would recreate its file.
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
