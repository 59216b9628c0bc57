package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * For each feature map, the images with the largest values, up to a limit.
 *
 * <p>Of images with equal values, the one whose name sorts first is kept, so the result does not
 * depend on the order. Values that are not above zero are ignored. Mutable; not thread-safe.
 */
public final class Examples {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  /** The largest number of examples that can be requested. */
  public static final int MOST = 10_000;

  private static final int FIRST_CAPACITY = 4;

  private final int most;
  private final int maps;

  /** Slots currently allocated for each feature map; grows up to {@link #most}. */
  private int capacity;

  private final int[] held;

  /**
   * The smallest value that a feature map accepts: its worst example once it is full. Kept in an
   * array of its own, because nearly all offered values fail this test.
   */
  private final float[] least;

  private float[] values;
  private int[] images;
  private int[] cells;

  private final List<Image> names = new ArrayList<>();

  /**
   * An image by name.
   *
   * @param id its name within the run
   * @param path where it was read from; may be null
   */
  public record Image(String id, String path) implements Comparable<Image> {
    private static final Comparator<Image> ORDER =
        Comparator.comparing(Image::id)
            .thenComparing(Image::path, Comparator.nullsFirst(Comparator.naturalOrder()));

    @Override
    public int compareTo(Image other) {
      return ORDER.compare(this, other);
    }

    void write(DataOutput out) throws IOException {
      out.writeUTF(id);
      out.writeBoolean(path != null);
      if (path != null) {
        out.writeUTF(path);
      }
    }

    static Image read(DataInput in) throws IOException {
      String id = in.readUTF();
      return new Image(id, in.readBoolean() ? in.readUTF() : null);
    }
  }

  /**
   * One example.
   *
   * @param image its name
   * @param value the value it was kept for
   * @param cell where the feature map has its maximum, {@code row * width + column}
   */
  public record Example(Image image, float value, int cell) {}

  /**
   * Creates an empty state.
   *
   * @param maps K
   * @param most examples kept for each feature map
   * @throws IllegalArgumentException if {@code most} is not in 0 to {@value #MOST}
   */
  public Examples(int maps, int most) {
    if (most < 0 || most > MOST) {
      throw new IllegalArgumentException(
          "examples is %d; it must be from 0 to %d.".formatted(most, MOST));
    }
    this.maps = maps;
    this.most = most;
    this.capacity = Math.min(most, FIRST_CAPACITY);
    this.held = new int[maps];
    this.least = new float[maps];
    Arrays.fill(least, Float.MIN_VALUE);
    allocate();
  }

  private void allocate() {
    values = new float[maps * capacity];
    images = new int[maps * capacity];
    cells = new int[maps * capacity];
  }

  /**
   * Offers one image to all feature maps.
   *
   * @param image its name
   * @param offered value of each feature map
   * @param at cell of each feature map's maximum
   */
  public void add(Image image, float[] offered, int[] at) {
    if (most == 0) {
      return;
    }
    int ordinal = -1;
    for (int k = 0; k < maps; k++) {
      if (offered[k] >= least[k] && isWanted(k, offered[k], image)) {
        if (ordinal < 0) {
          ordinal = names.size();
          names.add(image);
        }
        put(k, offered[k], ordinal, at[k]);
      }
    }
    forgetManyUnused();
  }

  /** For a value that is not too small: whether it is larger, or its image's name sorts first. */
  private boolean isWanted(int k, float value, Image image) {
    return held[k] < most
        || value > least[k]
        || image.compareTo(names.get(images[k * capacity])) < 0;
  }

  /** Once full, a feature map's slots are a heap with the worst example first. */
  private void put(int k, float value, int ordinal, int cell) {
    if (held[k] < most) {
      append(k, value, ordinal, cell);
      return;
    }
    set(k * capacity, value, ordinal, cell);
    sink(k * capacity, 0);
    least[k] = values[k * capacity];
  }

  private void append(int k, float value, int ordinal, int cell) {
    if (held[k] == capacity) {
      grow();
    }
    int start = k * capacity;
    set(start + held[k]++, value, ordinal, cell);
    if (held[k] == most) {
      for (int i = most / 2 - 1; i >= 0; i--) {
        sink(start, i);
      }
      least[k] = values[start];
    }
  }

  private void set(int at, float value, int ordinal, int cell) {
    values[at] = value;
    images[at] = ordinal;
    cells[at] = cell;
  }

  /** Moves an example of a full feature map down the heap until no worse one is below it. */
  private void sink(int start, int from) {
    int at = from;
    float value = values[start + from];
    int image = images[start + from];
    int cell = cells[start + from];
    for (int child = 2 * at + 1; child < most; child = 2 * at + 1) {
      if (child + 1 < most
          && isWorse(
              values[start + child + 1],
              images[start + child + 1],
              values[start + child],
              images[start + child])) {
        child++;
      }
      if (!isWorse(values[start + child], images[start + child], value, image)) {
        break;
      }
      set(start + at, values[start + child], images[start + child], cells[start + child]);
      at = child;
    }
    set(start + at, value, image, cell);
  }

  private boolean isWorse(float one, int image, float other, int otherImage) {
    return one < other || (one == other && names.get(image).compareTo(names.get(otherImage)) > 0);
  }

  private void grow() {
    int before = capacity;
    float[] oldValues = values;
    int[] oldImages = images;
    int[] oldCells = cells;
    capacity = Math.min(most, 2 * before);
    allocate();
    for (int k = 0; k < maps; k++) {
      System.arraycopy(oldValues, k * before, values, k * capacity, held[k]);
      System.arraycopy(oldImages, k * before, images, k * capacity, held[k]);
      System.arraycopy(oldCells, k * before, cells, k * capacity, held[k]);
    }
  }

  /**
   * Merges another part into this one.
   *
   * @throws IllegalArgumentException if the number of feature maps or the limit of examples differs
   */
  public void merge(Examples other) {
    if (other.maps != maps || other.most != most) {
      throw new StateException(
          "Cannot merge examples of %d feature maps, at most %d each, with examples of %d, at most %d each; both numbers must be equal. Make all atlases with the same `examples`."
              .formatted(maps, most, other.maps, other.most));
    }
    int[] ordinals = new int[other.names.size()];
    Arrays.fill(ordinals, -1);
    for (int k = 0; k < maps; k++) {
      int start = k * other.capacity;
      for (int i = start; i < start + other.held[k]; i++) {
        Image image = other.names.get(other.images[i]);
        if (other.values[i] >= least[k] && isWanted(k, other.values[i], image)) {
          if (ordinals[other.images[i]] < 0) {
            ordinals[other.images[i]] = names.size();
            names.add(image);
          }
          put(k, other.values[i], ordinals[other.images[i]], other.cells[i]);
        }
      }
    }
    forgetManyUnused();
  }

  private void forgetManyUnused() {
    if (names.size() > 2L * maps * most + 1024) {
      forgetUnused();
    }
  }

  /** Without this, names of displaced images would accumulate. */
  private void forgetUnused() {
    int[] kept = new int[names.size()];
    Arrays.fill(kept, -1);
    List<Image> used = new ArrayList<>();
    for (int k = 0; k < maps; k++) {
      for (int i = k * capacity; i < k * capacity + held[k]; i++) {
        if (kept[images[i]] < 0) {
          kept[images[i]] = used.size();
          used.add(names.get(images[i]));
        }
        images[i] = kept[images[i]];
      }
    }
    names.clear();
    names.addAll(used);
  }

  /** The examples of one feature map, largest first. */
  public List<Example> of(int map) {
    List<Example> found = new ArrayList<>();
    for (int i = map * capacity; i < map * capacity + held[map]; i++) {
      found.add(new Example(names.get(images[i]), values[i], cells[i]));
    }
    found.sort(
        Comparator.comparingDouble((Example example) -> -example.value())
            .thenComparing(Example::image));
    return found;
  }

  /**
   * How many bytes a cell takes where examples are written; a pixel's cell may be a large number.
   */
  private enum Width {
    SHORT(0, Short.BYTES),
    BYTE(1, Byte.BYTES),
    INT(2, Integer.BYTES);

    private final int code;
    private final int bytes;

    Width(int code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    static Width of(int largest) {
      return largest <= 0xff ? BYTE : largest <= 0xffff ? SHORT : INT;
    }

    static Width read(int code) {
      for (Width width : values()) {
        if (width.code == code) {
          return width;
        }
      }
      throw new StateException(
          "Examples have cells of kind %d; it must be 0, 1 or 2.".formatted(code));
    }
  }

  /** Approximate memory use, in bytes. */
  long bytes() {
    return 12L * values.length + 8L * maps + 200L * names.size();
  }

  /** Writes 6 bytes per example if images and cells are few, and the images' names. */
  public void write(DataOutput out) throws IOException {
    forgetUnused();
    out.writeInt(maps);
    out.writeInt(most);
    out.writeInt(names.size());
    for (Image image : names) {
      image.write(out);
    }
    boolean few = names.size() <= 256;
    int largest = 0;
    int all = 0;
    for (int k = 0; k < maps; k++) {
      all += held[k];
      for (int i = k * capacity; i < k * capacity + held[k]; i++) {
        largest = Math.max(largest, cells[i]);
      }
    }
    Width width = Width.of(largest);
    out.writeByte(width.code);
    int each = Float.BYTES + (few ? 1 : Integer.BYTES) + width.bytes;
    ByteBuffer bytes = ByteBuffer.allocate(maps * Short.BYTES + Math.multiplyExact(all, each));
    for (int count : held) {
      bytes.putShort((short) count);
    }
    for (int k = 0; k < maps; k++) {
      for (int i = k * capacity; i < k * capacity + held[k]; i++) {
        bytes.putFloat(values[i]);
        if (few) {
          bytes.put((byte) images[i]);
        } else {
          bytes.putInt(images[i]);
        }
        switch (width) {
          case BYTE -> bytes.put((byte) cells[i]);
          case SHORT -> bytes.putShort((short) cells[i]);
          case INT -> bytes.putInt(cells[i]);
        }
      }
    }
    out.write(bytes.array());
  }

  /** Reads what {@link #write} wrote. */
  public static Examples read(DataInput in) throws IOException {
    Examples examples = new Examples(in.readInt(), in.readInt());
    int named = in.readInt();
    for (int i = 0; i < named; i++) {
      examples.names.add(Image.read(in));
    }
    boolean few = named <= 256;
    Width width = Width.read(in.readByte());
    int maps = examples.maps;
    int all = 0;
    int largest = 0;
    int[] held = new int[maps];
    ByteBuffer counts = Bulk.bytes(in, maps * Short.BYTES);
    for (int k = 0; k < maps; k++) {
      held[k] = counts.getShort();
      all += held[k];
      largest = Math.max(largest, held[k]);
    }
    while (examples.capacity < largest) {
      examples.grow();
    }
    int each = Float.BYTES + (few ? 1 : Integer.BYTES) + width.bytes;
    ByteBuffer bytes = Bulk.bytes(in, Math.multiplyExact(all, each));
    for (int k = 0; k < maps; k++) {
      for (int i = 0; i < held[k]; i++) {
        float value = bytes.getFloat();
        int image = few ? bytes.get() & 0xff : bytes.getInt();
        int cell =
            switch (width) {
              case BYTE -> bytes.get() & 0xff;
              case SHORT -> bytes.getShort() & 0xffff;
              case INT -> bytes.getInt();
            };
        examples.append(k, value, image, cell);
      }
    }
    return examples;
  }
}
