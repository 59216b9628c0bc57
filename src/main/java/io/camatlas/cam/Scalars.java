package io.camatlas.cam;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers that live on the device of an array. DJL's own operations with a Java number copy it from
 * the host, and a GPU finishes all its work before it takes a copy; these are made on the device,
 * which goes on working. Each is made once and kept, as rules need few of them and need them often.
 */
public final class Scalars {
  private static final Shape NONE = new Shape();
  private static final Map<Device, OnDevice> DEVICES = new ConcurrentHashMap<>();

  private Scalars() {}

  /** The numbers of one device. */
  private static final class OnDevice {
    private final NDManager manager;
    private final Map<Float, NDArray> numbers = new ConcurrentHashMap<>();

    OnDevice(Device device) {
      this.manager = NDManager.newBaseManager(device);
    }

    NDArray of(float value) {
      return numbers.computeIfAbsent(value, fresh -> manager.full(NONE, fresh, DataType.FLOAT32));
    }
  }

  /**
   * A number without dimensions, on the array's device. It belongs to nobody: it must not be
   * changed or closed, nor stand on the left of an operation, whose result would stay for good.
   */
  public static NDArray of(NDArray array, double value) {
    return of(array.getManager(), value);
  }

  /** The same, on the manager's device. */
  public static NDArray of(NDManager manager, double value) {
    return DEVICES.computeIfAbsent(manager.getDevice(), OnDevice::new).of((float) value);
  }

  /** max(a, 0), for each number. */
  public static NDArray positive(NDArray array) {
    return array.maximum(of(array, 0));
  }

  /** Whether a number is zero; a float plus this is one more where it is. */
  public static NDArray isZero(NDArray array) {
    return array.eq(of(array, 0));
  }

  /** Whether a number is anything but zero, for products. */
  public static NDArray isNotZero(NDArray array) {
    return array.neq(of(array, 0));
  }

  /** Whether a number is above zero, for products. */
  public static NDArray isPositive(NDArray array) {
    return array.gt(of(array, 0));
  }
}
