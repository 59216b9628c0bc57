package io.camatlas.atlas;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * The kinds of states that an atlas stores.
 *
 * @param <S> their type
 */
public final class StateKind<S extends State<S>> {
  /** The state of a layer, over all classes. */
  public static final StateKind<LayerState> LAYER =
      new StateKind<>("layer", LayerState.VERSION, LayerState::read);

  /** The state of a class at a layer. */
  public static final StateKind<ClassState> CLASS =
      new StateKind<>("class", ClassState.VERSION, ClassState::read);

  /** The state of a label and the class that was predicted instead, at a layer. */
  public static final StateKind<ConfusionState> CONFUSION =
      new StateKind<>("confusion", ConfusionState.VERSION, ConfusionState::read);

  /** The comparison of all classes of a layer; made from complete classes, never stored. */
  public static final StateKind<ClassComparison> COMPARISON =
      new StateKind<>("comparison", ClassComparison.VERSION, ClassComparison::read);

  private final String name;
  private final int version;
  private final Reader<S> reader;

  /** Reads what a state wrote. */
  @FunctionalInterface
  public interface Reader<S> {
    S read(DataInput in) throws IOException;
  }

  /**
   * Creates a kind.
   *
   * @param name as in the table of states
   * @param version increased whenever the written format changes
   */
  public StateKind(String name, int version, Reader<S> reader) {
    this.name = name;
    this.version = version;
    this.reader = reader;
  }

  public String name() {
    return name;
  }

  /** Writes a state as bytes, preceded by the kind's version. */
  public byte[] write(S state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(version);
      state.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a state that {@link #write} wrote.
   *
   * @throws StateException if it was written by another version
   */
  public S read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int found = in.readInt();
      if (found != version) {
        throw new StateException(
            "A %s state has version %d; this CamAtlas reads version %d. Rebuild the atlas from its runs."
                .formatted(name, found, version));
      }
      return reader.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Merges all parts into one state.
   *
   * @param parts at least one
   */
  public S merge(Iterator<byte[]> parts) {
    S all = read(parts.next());
    while (parts.hasNext()) {
      all.merge(read(parts.next()));
    }
    return all;
  }
}
