package io.camatlas.spark.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two drivers from writing to one folder.
 *
 * <p>The holder rewrites a small file every few seconds. A driver that was killed leaves the file
 * behind but not the beat, so the next one takes over: at once where it can see that the process is
 * gone, else after having watched the file for some beats.
 */
final class FolderLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> HELD_HERE = ConcurrentHashMap.newKeySet();
  private static final int BEAT_SECONDS = 3;
  private static final int WATCHED_BEATS = 4;

  private final Configuration hadoop;
  private final Path file;
  private final String owner = UUID.randomUUID().toString();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "camatlas-lock");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> beats;
  private long beat;

  private FolderLock(Configuration hadoop, Path file) throws IOException {
    this.hadoop = hadoop;
    this.file = file;
    HELD_HERE.add(owner);
    try {
      beat();
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(owner);
      throw e;
    }
    this.beats =
        clock.scheduleAtFixedRate(this::tryBeat, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
  }

  private record Holder(String owner, String host, long pid, long beat) {}

  /**
   * Takes the lock, from a dead holder too.
   *
   * @throws InputException if a living process holds it
   */
  static FolderLock take(Path file, String folder, Configuration hadoop) throws IOException {
    Optional<Holder> holder = read(file, hadoop);
    if (holder.isPresent() && isAlive(holder.get(), file, hadoop)) {
      throw new InputException(
          "`out` "
              + folder
              + " is being written by another run (process "
              + holder.get().pid
              + " on "
              + holder.get().host
              + "); wait for it, stop it, or choose another folder.");
    }
    return new FolderLock(hadoop, file);
  }

  private static boolean isAlive(Holder holder, Path file, Configuration hadoop)
      throws IOException {
    if (holder.host.equals(host())) {
      if (holder.pid == ProcessHandle.current().pid()) {
        return HELD_HERE.contains(holder.owner);
      }
      if (ProcessHandle.of(holder.pid).isEmpty()) {
        return false;
      }
    }
    // A process number may have been given to another process, and hosts cannot ask one another.
    for (int i = 0; i < WATCHED_BEATS; i++) {
      try {
        TimeUnit.SECONDS.sleep(BEAT_SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + file, e);
      }
      Optional<Holder> now = read(file, hadoop);
      if (now.isEmpty()) {
        return false;
      }
      if (!now.get().equals(holder)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Holder> read(Path file, Configuration hadoop) throws IOException {
    FileSystem files = file.getFileSystem(hadoop);
    if (!files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = files.open(file)) {
      JsonNode json = JSON.readTree(in);
      return Optional.of(
          new Holder(
              json.path("owner").asText(),
              json.path("host").asText(),
              json.path("pid").asLong(),
              json.path("beat").asLong()));
    } catch (IOException e) {
      // It was being written just now, or a full disk left it empty.
      return Optional.of(new Holder("", "", -1, -1));
    }
  }

  private static String host() throws IOException {
    return InetAddress.getLocalHost().getHostName();
  }

  private void beat() throws IOException {
    String text =
        JSON.writeValueAsString(
            JSON.createObjectNode()
                .put("owner", owner)
                .put("host", host())
                .put("pid", ProcessHandle.current().pid())
                .put("beat", beat++));
    ResultFolder.write(file, text.getBytes(StandardCharsets.UTF_8), hadoop);
  }

  private void tryBeat() {
    try {
      beat();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot renew {}: {}", file, e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    beats.cancel(false);
    clock.shutdown();
    try {
      // A beat that is being written now would bring the file back.
      clock.awaitTermination(BEAT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    HELD_HERE.remove(owner);
    file.getFileSystem(hadoop).delete(file, false);
  }
}
