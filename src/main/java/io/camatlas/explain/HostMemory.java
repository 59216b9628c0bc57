package io.camatlas.explain;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.DeviceMemoryException;
import io.camatlas.model.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory of the host from which arrays go to the device. A GPU fetches from it on its own, so that
 * the host does not wait for the GPU's other work. Reused; not thread-safe.
 */
final class HostMemory implements AutoCloseable {
  private final Network network;
  private final DataType type;
  private NDManager manager;
  private NDArray onHost;
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

  HostMemory(Network network, DataType type) {
    this.network = network;
    this.type = type;
  }

  /**
   * Room for so many elements, to be filled from its start. What was sent before must have arrived.
   *
   * @throws DeviceMemoryException if they are more than one array holds
   */
  ByteBuffer room(long elements) {
    long length = elements * type.getNumOfBytes();
    if (length > Integer.MAX_VALUE) {
      throw new DeviceMemoryException(
          "A batch takes %,d bytes; one array holds 2 GiB at most.".formatted(length), null);
    }
    if (bytes.capacity() < length) {
      close();
      bytes =
          network.device().isGpu()
              ? shared(elements).toByteBuffer(true)
              : ByteBuffer.allocateDirect((int) length);
      bytes.order(ByteOrder.nativeOrder());
    }
    return bytes.clear().limit((int) length);
  }

  /** An array on the host that a GPU fetches on its own, where there is such memory. */
  private NDArray shared(long elements) {
    manager = network.newManager();
    NDArray pageable = manager.newSubManager(Device.cpu()).zeros(new Shape(elements), type);
    onHost = network.pinned(pageable).orElse(pageable);
    if (onHost != pageable) {
      pageable.close();
    }
    return onHost;
  }

  /**
   * Sends the first elements.
   *
   * @param to owns the array on the device
   */
  NDArray send(int elements, NDManager to) {
    if (onHost != null) {
      try (NDArray some = onHost.get(new NDIndex().addSliceDim(0, elements))) {
        return network.sent(some, to);
      }
    }
    bytes.clear().limit(elements * type.getNumOfBytes());
    // On the CPU the array is the memory itself, which will be filled again, and which may begin at
    // any address; rounding depends on the alignment.
    try (NDArray same = to.create(bytes, new Shape(elements), type)) {
      return same.duplicate();
    }
  }

  @Override
  public void close() {
    bytes = ByteBuffer.allocateDirect(0);
    onHost = null;
    if (manager != null) {
      manager.close();
      manager = null;
    }
  }
}
