package io.camatlas.explain;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of the host from which arrays go to the device. A GPU copies from it by itself: neither it
 * nor the host waits for what other tasks have it do. Reused; not thread-safe.
 */
final class HostMemory implements AutoCloseable {
  private final Network network;
  private final DataType type;
  private NDManager manager;
  private NDArray pinned;
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

  HostMemory(Network network, DataType type) {
    this.network = network;
    this.type = type;
  }

  /**
   * Room for so many elements, to be filled from its start. What was sent before must have arrived.
   */
  ByteBuffer room(int elements) {
    int length = Math.multiplyExact(elements, type.getNumOfBytes());
    if (bytes.capacity() < length) {
      close();
      bytes = network.device().isGpu() ? pinned(elements) : ByteBuffer.allocateDirect(length);
      bytes.order(ByteOrder.nativeOrder());
    }
    return bytes.clear().limit(length);
  }

  private ByteBuffer pinned(int elements) {
    manager = network.newManager();
    NDManager host = manager.newSubManager(Device.cpu());
    try (NDArray pageable = host.zeros(new Shape(elements), type)) {
      pinned = network.pinned(pageable);
    } catch (EngineException e) {
      // Copies from other memory are slower, and that is all.
      pinned = host.zeros(new Shape(elements), type);
    }
    return pinned.toByteBuffer(true);
  }

  /**
   * Sends the first elements.
   *
   * @param manager owns the array on the device
   */
  NDArray send(int elements, NDManager manager) {
    if (pinned != null) {
      try (NDArray some = pinned.get(new NDIndex().addSliceDim(0, elements))) {
        return network.sent(some, manager);
      }
    }
    bytes.clear().limit(elements * type.getNumOfBytes());
    // On the CPU the array is the memory itself, which will be filled again.
    try (NDArray same = manager.create(bytes, new Shape(elements), type)) {
      return same.duplicate();
    }
  }

  @Override
  public void close() {
    if (manager != null) {
      manager.close();
      manager = null;
      pinned = null;
    }
    bytes = ByteBuffer.allocateDirect(0);
  }
}
