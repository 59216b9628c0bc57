package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Numbers that live on the device of an array. DJL's own operations with a Java number copy it from
 * the host, and a GPU finishes all its work before it takes a copy; these are made on the device,
 * which goes on working.
 */
public final class Scalars {
  private static final Shape NONE = new Shape();

  private Scalars() {}

  /** A number without dimensions, in the array's manager. */
  public static NDArray of(NDArray array, double value) {
    return of(array.getManager(), value);
  }

  /** A number without dimensions. */
  public static NDArray of(NDManager manager, double value) {
    return manager.full(NONE, (float) value, DataType.FLOAT32);
  }

  /** max(a, 0), for each number. */
  public static NDArray positive(NDArray array) {
    return array.maximum(of(array, 0));
  }

  /** 1 where a number is zero, else 0. */
  public static NDArray isZero(NDArray array) {
    return array.eq(of(array, 0)).toType(DataType.FLOAT32, false);
  }

  /** 1 where a number is above zero, else 0. */
  public static NDArray isPositive(NDArray array) {
    return array.gt(of(array, 0)).toType(DataType.FLOAT32, false);
  }
}
