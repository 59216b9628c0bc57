package io.camatlas.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.camatlas.cam.NoisePool;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The networks of this JVM: one for each device and probed model, shared by all tasks.
 *
 * <p>A network stays loaded when its last task ends, so that the next one finds it, and goes when
 * another model is needed.
 */
public final class NetworkPool {
  private static final Map<Key, Entry> ENTRIES = new HashMap<>();

  private NetworkPool() {}

  /** Runs of one seed whose images have other sizes need other noise. */
  private record NoiseKey(long seed, int length) {}

  private record Key(String model, Device device, int slot, Precision precision) {}

  private static final class Entry {
    private final Network network;
    private final NDManager manager;
    private final Map<NoiseKey, NoisePool> noise = new HashMap<>();
    private int leases;

    Entry(Network network) {
      this.network = network;
      this.manager = network.newManager();
    }

    void close() {
      manager.close();
      network.close();
    }
  }

  /** A share in a network; close it when the task ends. */
  public static final class Lease implements AutoCloseable {
    private final Entry entry;
    private boolean closed;

    private Lease(Entry entry) {
      this.entry = entry;
    }

    /** The shared network. */
    public Network network() {
      return entry.network;
    }

    /** The noise of a run on the network's device, shared as the network is. */
    public NoisePool noise(long seed, int length) {
      synchronized (ENTRIES) {
        return entry.noise.computeIfAbsent(
            new NoiseKey(seed, length), key -> new NoisePool(entry.manager, seed, length));
      }
    }

    @Override
    public void close() {
      synchronized (ENTRIES) {
        if (!closed) {
          closed = true;
          entry.leases--;
        }
      }
    }
  }

  /**
   * Takes a share in a network, loading it if this JVM has not.
   *
   * @param model identifies the probed archive
   * @param slot address of the GPU that the task was given, or -1; tasks of one address share a
   *     network, whatever the device
   * @param precision what it computes with
   * @param file gives the archive, asked only if it must be loaded
   */
  public static Lease acquire(
      String model, Device device, int slot, Precision precision, Supplier<Path> file) {
    synchronized (ENTRIES) {
      Key key = new Key(model, device, slot, precision);
      Entry entry = ENTRIES.get(key);
      if (entry == null) {
        removeIdle(model);
        entry = new Entry(Network.load(file.get(), device, precision));
        ENTRIES.put(key, entry);
      }
      entry.leases++;
      return new Lease(entry);
    }
  }

  /** How many networks this JVM holds. */
  public static int size() {
    synchronized (ENTRIES) {
      return ENTRIES.size();
    }
  }

  private static void removeIdle(String model) {
    Iterator<Map.Entry<Key, Entry>> entries = ENTRIES.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Key, Entry> next = entries.next();
      if (!next.getKey().model.equals(model) && next.getValue().leases == 0) {
        next.getValue().close();
        entries.remove();
      }
    }
  }
}
