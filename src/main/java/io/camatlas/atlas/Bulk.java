package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes and reads whole arrays; one number at a time would dominate the time to store a state. */
final class Bulk {
  private Bulk() {}

  static void write(DataOutput out, double[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
    bytes.asDoubleBuffer().put(values);
    out.write(bytes.array());
  }

  static double[] doubles(DataInput in, int length) throws IOException {
    double[] values = new double[length];
    bytes(in, Math.multiplyExact(length, Double.BYTES)).asDoubleBuffer().get(values);
    return values;
  }

  static void write(DataOutput out, long[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES));
    bytes.asLongBuffer().put(values);
    out.write(bytes.array());
  }

  static long[] longs(DataInput in, int length) throws IOException {
    long[] values = new long[length];
    bytes(in, Math.multiplyExact(length, Long.BYTES)).asLongBuffer().get(values);
    return values;
  }

  /** Reads the next {@code length} bytes. */
  static ByteBuffer bytes(DataInput in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
