package io.camatlas.atlas;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Images of a class with their traits, one after another as bytes: while they are few, that takes a
 * twentieth of the memory of cells, and parts are merged without reading them. Mutable.
 */
final class HeldImages {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  private static final int MEASURES = SliceMeasure.values().length;

  private static final byte NUMBER = 0;
  private static final byte TEXT = 1;
  private static final byte LONG_TEXT = 2;

  private final List<Part> parts = new ArrayList<>();

  /** The part that grows; null if images came by merging only. */
  private Growing growing;

  private int images;

  /**
   * Some images.
   *
   * @param names of their traits; an image names them by index
   * @param images number of images
   * @param bytes the images: measures, number of traits, and of each trait its name, the kind of
   *     its value and the value
   */
  private record Part(List<Trait.Name> names, int images, byte[] bytes) {
    void addTo(Map<Trait.Name, SliceColumn<SliceCell>> columns) {
      List<SliceColumn<SliceCell>> own = new ArrayList<>();
      for (Trait.Name name : names) {
        own.add(columns.computeIfAbsent(name, fresh -> new SliceColumn<>(SliceCell::new)));
      }
      double[] measures = new double[MEASURES];
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        for (int i = 0; i < images; i++) {
          for (int m = 0; m < MEASURES; m++) {
            measures[m] = in.readDouble();
          }
          for (int left = in.readUnsignedShort(); left > 0; left--) {
            add(in, own.get(readIndex(in)), measures);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void add(DataInput in, SliceColumn<SliceCell> column, double[] measures)
        throws IOException {
      byte kind = in.readByte();
      if (kind == NUMBER) {
        double number = in.readDouble();
        column.addNumber(number, cell -> cell.add(measures, number));
      } else if (kind == TEXT) {
        column.addText(in.readUTF(), cell -> cell.add(measures, Double.NaN));
      } else {
        column.giveUp();
      }
    }

    void write(DataOutput out) throws IOException {
      out.writeInt(names.size());
      for (Trait.Name name : names) {
        name.write(out);
      }
      out.writeInt(images);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    static Part read(DataInput in) throws IOException {
      List<Trait.Name> names = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        names.add(Trait.Name.read(in));
      }
      int images = in.readInt();
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return new Part(names, images, bytes);
    }
  }

  /** A part that grows. */
  private static final class Growing {
    final Map<Trait.Name, Integer> indices = new HashMap<>();
    final List<Trait.Name> names = new ArrayList<>();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final DataOutputStream out = new DataOutputStream(bytes);
    int images;

    void add(double[] measures, List<Trait> traits) throws IOException {
      for (double measure : measures) {
        out.writeDouble(measure);
      }
      out.writeShort(traits.size());
      for (Trait trait : traits) {
        writeIndex(out, index(trait.name()));
        if (trait.text() == null) {
          out.writeByte(NUMBER);
          out.writeDouble(trait.number());
        } else if (trait.text().length() > SliceColumn.LONGEST_TEXT) {
          out.writeByte(LONG_TEXT);
        } else {
          out.writeByte(TEXT);
          out.writeUTF(trait.text());
        }
      }
      images++;
    }

    private int index(Trait.Name name) {
      Integer known = indices.get(name);
      if (known != null) {
        return known;
      }
      indices.put(name, names.size());
      names.add(name);
      return names.size() - 1;
    }

    Part part() {
      return new Part(names, images, bytes.toByteArray());
    }
  }

  /** Two bytes, as nearly all are small; four where they are not. */
  private static void writeIndex(DataOutput out, int index) throws IOException {
    if (index <= Short.MAX_VALUE) {
      out.writeShort(index);
    } else {
      out.writeInt(~index);
    }
  }

  private static int readIndex(DataInput in) throws IOException {
    short high = in.readShort();
    return high >= 0 ? high : ~(high << 16 | in.readUnsignedShort());
  }

  /** Number of images. */
  int count() {
    return images;
  }

  /**
   * Adds an image.
   *
   * @param traits at most {@value SliceState#MOST_TRAITS}
   */
  void add(double[] measures, List<Trait> traits) {
    if (growing == null) {
      growing = new Growing();
    }
    try {
      growing.add(measures, traits);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images++;
  }

  /** Adds all images of another. */
  void merge(HeldImages other) {
    parts.addAll(other.all());
    images += other.images;
  }

  private List<Part> all() {
    List<Part> all = new ArrayList<>(parts);
    if (growing != null) {
      all.add(growing.part());
    }
    return all;
  }

  /** Adds all images to columns. */
  void addTo(Map<Trait.Name, SliceColumn<SliceCell>> columns) {
    all().forEach(part -> part.addTo(columns));
  }

  /** Approximate memory use, in bytes. */
  long bytes() {
    long sum = 100;
    for (Part part : parts) {
      sum += 100 + 100L * part.names().size() + part.bytes().length;
    }
    return growing == null
        ? sum
        : sum + 300 + 150L * growing.names.size() + 2L * growing.bytes.size();
  }

  void write(DataOutput out) throws IOException {
    List<Part> all = all();
    out.writeInt(all.size());
    for (Part part : all) {
      part.write(out);
    }
  }

  static HeldImages read(DataInput in) throws IOException {
    HeldImages held = new HeldImages();
    for (int left = in.readInt(); left > 0; left--) {
      Part part = Part.read(in);
      held.parts.add(part);
      held.images += part.images();
    }
    return held;
  }
}
