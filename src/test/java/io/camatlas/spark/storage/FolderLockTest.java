package io.camatlas.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two drivers never hold one folder, whatever happens to them. */
class FolderLockTest {
  private static final ProcessName HERE = ProcessName.own();

  @TempDir java.nio.file.Path folder;

  private final Configuration hadoop = new Configuration();
  private Path locks;

  @BeforeEach
  void name() {
    locks = new Path(folder.toUri().toString(), "_camatlas/locks");
  }

  private FolderLock take(ProcessName process) throws IOException {
    return FolderLock.take(locks, "results", process, hadoop);
  }

  /** A process whose life cannot be asked for from here. */
  private static ProcessName elsewhere(String machine) {
    return new ProcessName("node", 1, machine, 0);
  }

  @Test
  void aLivingHolderIsNamed() throws IOException {
    try (FolderLock held = take(HERE)) {
      assertThat(held.isHeld()).isTrue();
      assertThatThrownBy(() -> take(HERE))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("`out` is results, which another run is writing to (process ")
          .hasMessageContaining("choose another folder");
    }
    take(HERE).close();
    try (var files = Files.list(folder.resolve("_camatlas/locks"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void ofManyThatStartAtOnceOneGetsIt() throws Exception {
    int drivers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(drivers);
    try {
      for (int round = 0; round < 20; round++) {
        locks = new Path(folder.toUri().toString(), round + "/locks");
        CyclicBarrier start = new CyclicBarrier(drivers);
        List<Future<FolderLock>> tries = new ArrayList<>();
        for (int i = 0; i < drivers; i++) {
          Callable<FolderLock> driver =
              () -> {
                start.await();
                try {
                  return take(HERE);
                } catch (InputException refused) {
                  return null;
                }
              };
          tries.add(threads.submit(driver));
        }
        List<FolderLock> held = new ArrayList<>();
        for (Future<FolderLock> each : tries) {
          if (each.get(60, TimeUnit.SECONDS) != null) {
            held.add(each.get());
          }
        }
        assertThat(held).hasSize(1);
        held.get(0).close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aKilledHolderOfThisMachineIsFollowedAtOnce() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    FolderLock left = take(new ProcessName(HERE.host(), dead.pid(), HERE.machine(), 0));
    FolderLock.dieHere();
    long start = System.nanoTime();
    try (FolderLock next = take(HERE)) {
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(3);
      assertThat(next.isHeld()).isTrue();
      assertThat(left.isHeld()).isFalse();
    }
  }

  /** Its number has been given to another process since. */
  @Test
  void aNumberThatWasGivenAnewIsNoLivingHolder() throws IOException {
    long parent = ProcessHandle.current().parent().orElseThrow().pid();
    take(new ProcessName(HERE.host(), parent, HERE.machine(), 1));
    FolderLock.dieHere();
    try (FolderLock next = take(HERE)) {
      assertThat(next.isHeld()).isTrue();
    }
  }

  /** As a driver in a paused process is: it does not renew, but it lives and will go on. */
  @Test
  void aPausedHolderOfThisMachineKeepsIt() throws Exception {
    Process paused = new ProcessBuilder("sleep", "60").start();
    try {
      long started = paused.info().startInstant().orElseThrow().toEpochMilli();
      take(new ProcessName(HERE.host(), paused.pid(), HERE.machine(), started));
      FolderLock.dieHere();
      assertThatThrownBy(() -> take(HERE))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("process " + paused.pid());
    } finally {
      paused.destroyForcibly();
    }
  }

  /** Containers may share a host's name and number their processes alike. */
  @Test
  void ofTwoContainersWithOneNameTheSecondWaitsAndIsRefused() throws IOException {
    try (FolderLock first = take(elsewhere("container a"))) {
      assertThatThrownBy(() -> take(elsewhere("container b"))).isInstanceOf(InputException.class);
      assertThat(first.isHeld()).isTrue();
    }
  }

  @Test
  void aHolderThatWakesUpAfterItWasFollowedCommitsNothingMore() throws Exception {
    FolderLock sleeper = take(elsewhere("container a"));
    // Paused: its clock stands still, and nobody here remembers it.
    FolderLock.dieHere();
    try (FolderLock next = take(elsewhere("container b"))) {
      assertThatThrownBy(sleeper::require)
          .isInstanceOf(LockLostException.class)
          .hasMessageContaining("results was taken over by another run (process 1 on node)")
          .hasMessageContaining("run the same command to resume");
      sleeper.close();
      next.require();
    }
    assertThatThrownBy(sleeper::require)
        .isInstanceOf(LockLostException.class)
        .hasMessageContaining("which has ended");
  }
}
