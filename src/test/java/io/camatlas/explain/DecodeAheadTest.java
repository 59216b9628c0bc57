package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecodeAheadTest {
  private static final int BATCH = 3;

  @TempDir Path folder;
  private LoadedNetwork loaded;

  @BeforeEach
  void load() throws IOException {
    loaded = LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", 8, folder);
  }

  @AfterEach
  void close() throws InterruptedException {
    loaded.close();
    for (Thread decoder : decoders()) {
      // A pool has terminated a moment before its last thread has.
      decoder.join(10_000);
    }
    assertThat(decoders()).as("threads that outlive their explainer").isEmpty();
  }

  private static List<Thread> decoders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("camatlas-decoder"))
        .toList();
  }

  private Explainer explainer(int decoders) {
    return loaded.explainer(LoadedNetwork.settings(0, BATCH), decoders, new PassClock());
  }

  /** Pictures of which every fourth cannot be read. */
  private static List<ImageInput> withGaps(int count) {
    List<ImageInput> pictures = LoadedNetwork.pictures(count);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                i % 4 == 3
                    ? LoadedNetwork.input(
                        "gap-" + i,
                        () -> {
                          throw new IOException("gone");
                        })
                    : pictures.get(i))
        .toList();
  }

  @Test
  void outcomesAreThoseOfOneThreadInTheirOrder() {
    List<ImageInput> images = withGaps(23);
    List<ImageOutcome> expected = loaded.explain(LoadedNetwork.settings(0, BATCH), images);
    for (int decoders = 1; decoders <= 4; decoders++) {
      try (Explainer explainer = explainer(decoders)) {
        assertThat(LoadedNetwork.all(explainer.explain(images.iterator())))
            .usingRecursiveComparison()
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void inputsArePulledByTheCallerAndReadByDecodersTwoGroupsAhead() {
    AtomicInteger pulled = new AtomicInteger();
    AtomicReference<String> reader = new AtomicReference<>();
    byte[] file = LoadedNetwork.picture(1);
    Thread caller = Thread.currentThread();
    Iterator<ImageInput> endless =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public ImageInput next() {
            assertThat(Thread.currentThread()).isSameAs(caller);
            return LoadedNetwork.input(
                "picture-" + pulled.incrementAndGet(),
                () -> {
                  reader.set(Thread.currentThread().getName());
                  return file;
                });
          }
        };
    try (Explainer explainer = explainer(2)) {
      Iterator<ImageOutcome> outcomes = explainer.explain(endless);
      for (int i = 0; i < 4 * BATCH; i++) {
        outcomes.next();
      }
      assertThat(pulled.get()).isEqualTo(6 * BATCH);
      assertThat(reader.get()).startsWith("camatlas-decoder");
    }
  }

  @Test
  void anErrorOfTheInputsReachesTheCallerAsItIs() {
    IllegalStateException lost = new IllegalStateException("executor lost");
    Iterator<ImageInput> good = LoadedNetwork.pictures(20).iterator();
    AtomicInteger pulled = new AtomicInteger();
    Iterator<ImageInput> failing =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public ImageInput next() {
            if (pulled.incrementAndGet() > 5) {
              throw lost;
            }
            return good.next();
          }
        };
    for (int decoders : new int[] {0, 2}) {
      pulled.set(0);
      try (Explainer explainer = explainer(decoders)) {
        Iterator<ImageOutcome> outcomes = explainer.explain(failing);
        assertThatThrownBy(() -> LoadedNetwork.all(outcomes)).isSameAs(lost);
      }
    }
  }

  @Test
  void anErrorThatIsNoImagesFaultReachesTheCallerWithItsCause() {
    StackOverflowError broken = new StackOverflowError("deep");
    List<ImageInput> images =
        List.of(
            LoadedNetwork.input(
                "deep",
                () -> {
                  throw broken;
                }));
    try (Explainer explainer = explainer(1)) {
      Iterator<ImageOutcome> outcomes = explainer.explain(images.iterator());
      assertThatThrownBy(outcomes::next).hasRootCause(broken);
    }
  }

  @Test
  void closingInTheMiddleStopsReadsThatHang() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(2);
    List<ImageInput> hanging =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    LoadedNetwork.input(
                        "hanging-" + i,
                        () -> {
                          reading.countDown();
                          try {
                            new CountDownLatch(1).await();
                          } catch (InterruptedException e) {
                            throw new IOException("interrupted", e);
                          }
                          return new byte[0];
                        }))
            .toList();
    Explainer explainer = explainer(2);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread task =
        new Thread(
            () -> {
              try (explainer) {
                LoadedNetwork.all(explainer.explain(hanging.iterator()));
              } catch (RuntimeException e) {
                seen.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    task.start();
    reading.await();
    // As Spark kills a task.
    task.interrupt();
    task.join();
    assertThat(seen.get()).isInstanceOf(RuntimeException.class);
    assertThat(interrupted.get()).isTrue();
  }

  @Test
  void whoeverWaitsWhileAnotherThreadClosesIsFreed() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    List<ImageInput> hanging =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    LoadedNetwork.input(
                        "hanging-" + i,
                        () -> {
                          reading.countDown();
                          try {
                            new CountDownLatch(1).await();
                          } catch (InterruptedException e) {
                            throw new IOException("interrupted", e);
                          }
                          return new byte[0];
                        }))
            .toList();
    Explainer explainer = explainer(1);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread task =
        new Thread(
            () -> {
              try {
                LoadedNetwork.all(explainer.explain(hanging.iterator()));
              } catch (RuntimeException e) {
                seen.set(e);
              }
            });
    task.start();
    reading.await();
    explainer.close();
    task.join();
    assertThat(seen.get()).isInstanceOf(CancellationException.class);
  }

  @Test
  void anAbandonedIteratorLeavesNoThreadBehindOnceClosed() {
    try (Explainer explainer = explainer(3)) {
      assertThat(explainer.explain(LoadedNetwork.pictures(40).iterator()).next()).isNotNull();
      assertThat(decoders()).isNotEmpty();
    }
  }

  @Test
  void timesSayWhatWasDone() {
    PassClock clock = new PassClock();
    try (Explainer explainer = loaded.explainer(LoadedNetwork.settings(0, BATCH), 2, clock)) {
      LoadedNetwork.all(explainer.explain(withGaps(11).iterator()));
    }
    PassTimes times = clock.times();
    assertThat(times.passes()).isEqualTo(3);
    assertThat(times.rows()).isEqualTo(9);
    assertThat(times.paddedRows()).isZero();
    assertThat(times.nanos(Phase.READ)).isPositive();
    assertThat(times.nanos(Phase.DECODE)).isPositive();
    assertThat(times.nanos(Phase.FORWARD)).isPositive();
    assertThat(times.nanos(Phase.BACKWARD)).isPositive();
    assertThat(times.idleShare()).isBetween(0.0, 1.0);
    assertThat(times.plus(PassTimes.ZERO)).isEqualTo(times);
  }
}
