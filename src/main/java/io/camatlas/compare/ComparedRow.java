package io.camatlas.compare;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.MapMeasure;
import io.camatlas.atlas.Relevance;
import io.camatlas.atlas.Trait;
import io.camatlas.localize.Region;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is compared of one image in one sample, as far as it concerns one class.
 *
 * @param said what the network said of the image, if the image counts for the class; null if not
 * @param isShared whether the image has a partner in the other sample, for this class or for
 *     another; of several copies of one image, only as many have one as the other sample has copies
 * @param isPredicted whether the class was predicted for the image
 * @param isExplained whether the class was explained
 * @param map numbers of the map, as in {@link ComparedNumbers#OF_MAP}; empty if it is blank or the
 *     class was not explained
 * @param relevance share of each feature map in the evidence, {@code [K]}; empty if unknown or not
 *     compared
 * @param cells the map on the common grid; empty as {@code map} is
 * @param faithfulness insertion and deletion, if scored; else empty
 */
public record ComparedRow(
    Said said,
    boolean isShared,
    boolean isPredicted,
    boolean isExplained,
    float[] map,
    float[] relevance,
    float[] cells,
    float[] faithfulness) {
  private static final float[] NONE = {};
  private static final Region[] REGIONS = Region.values();
  private static final MapMeasure[] MEASURES = MapMeasure.values();

  /**
   * What the network said of an image that counts for the class: by its label or, without one, by
   * the prediction.
   *
   * @param right 1 if the prediction equals the label, 0 if not, NaN without a label
   * @param confidence probability of the predicted class
   * @param traits what the image is grouped by
   */
  public record Said(float right, float confidence, List<Trait> traits) {}

  /** Index of all classes together. */
  public static final int ALL = -1;

  /** How much better the map of an explanation does than a random one. */
  public static ComparedRow ofFaithfulness(float insertion, float deletion) {
    return new ComparedRow(
        null, false, false, false, NONE, NONE, NONE, new float[] {insertion, deletion});
  }

  /**
   * What a row says of a class, or of all classes together.
   *
   * @param index the class, in the row's own model; {@link #ALL} for all classes, of which only the
   *     image's primary row tells
   * @param isShared whether the image has a partner in the other sample
   * @param relevance computes that of the row; null if feature maps are not compared
   * @param grid that maps are brought to
   */
  public static ComparedRow of(
      ExplainedRow row, int index, boolean isShared, Relevance relevance, CommonGrid grid) {
    boolean ofAll = index == ALL;
    boolean explained = ofAll || row.target().index() == index;
    boolean primary = row.role().isPrimary();
    float[] values = row.map().values();
    double total = 0;
    int peak = 0;
    for (int i = 0; i < values.length; i++) {
      total += values[i];
      if (values[i] > values[peak]) {
        peak = i;
      }
    }
    boolean blank = !explained || !(total > 0);
    float[] cells = blank ? NONE : grid.of(values, row.map().height(), row.map().width(), total);
    return new ComparedRow(
        primary && (ofAll || counted(row) == index) ? said(row) : null,
        isShared,
        primary && row.said().predicted().index() == index,
        explained,
        blank ? NONE : map(row, peak, total, cells, grid),
        explained && !ofAll && relevance != null ? shares(relevance.of(row)) : NONE,
        cells,
        NONE);
  }

  /** The class that an image counts for: its label or, without one, the predicted class. */
  public static int counted(ExplainedRow row) {
    return row.said().label() == null ? row.said().predicted().index() : row.said().label().index();
  }

  private static Said said(ExplainedRow row) {
    float right =
        row.said().label() == null
            ? Float.NaN
            : row.said().label().index() == row.said().predicted().index() ? 1 : 0;
    return new Said(right, (float) row.said().confidence(), row.context().traits());
  }

  private static float[] map(
      ExplainedRow row, int peak, double total, float[] cells, CommonGrid grid) {
    float[] numbers = new float[MEASURES.length + REGIONS.length];
    int at = 0;
    for (MapMeasure measure : MEASURES) {
      numbers[at++] = (float) measure.of(row, peak);
    }
    for (Region region : REGIONS) {
      // A cell on a region's edge counts in part, so that only maps of one size compare.
      numbers[at++] =
          (float)
              (grid.isOfBoth()
                  ? region.mass(row.map().values(), row.map().height(), row.map().width(), total)
                  : region.mass(cells, grid.height(), grid.width()));
    }
    return numbers;
  }

  private static float[] shares(Relevance relevance) {
    if (!(relevance.total() > 0)) {
      return NONE;
    }
    float[] shares = new float[relevance.values().length];
    for (int k = 0; k < shares.length; k++) {
      shares[k] = (float) (relevance.values()[k] / relevance.total());
    }
    return shares;
  }

  /**
   * Everything that both say of one image and one class.
   *
   * @param other says nothing that this says too
   */
  public ComparedRow and(ComparedRow other) {
    return new ComparedRow(
        said != null ? said : other.said,
        isShared || other.isShared,
        isPredicted || other.isPredicted,
        isExplained || other.isExplained,
        map.length > 0 ? map : other.map,
        relevance.length > 0 ? relevance : other.relevance,
        cells.length > 0 ? cells : other.cells,
        faithfulness.length > 0 ? faithfulness : other.faithfulness);
  }

  /** Share of the map in a region; NaN without a map. */
  public float mass(Region region) {
    return map.length == 0 ? Float.NaN : map[ComparedNumbers.at(region)];
  }

  /** Share of the map at the border. */
  float border() {
    return mass(Region.BORDER);
  }

  /** The row as bytes. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeBoolean(said != null);
      if (said != null) {
        out.writeFloat(said.right);
        out.writeFloat(said.confidence);
        out.writeShort(said.traits.size());
        for (Trait trait : said.traits) {
          write(trait, out);
        }
      }
      out.writeBoolean(isShared);
      out.writeBoolean(isPredicted);
      out.writeBoolean(isExplained);
      for (float[] numbers : new float[][] {map, relevance, cells, faithfulness}) {
        write(numbers, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #bytes} wrote. */
  public static ComparedRow of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Said said = null;
      if (in.readBoolean()) {
        float right = in.readFloat();
        float confidence = in.readFloat();
        List<Trait> traits = new ArrayList<>();
        for (int left = in.readShort(); left > 0; left--) {
          traits.add(trait(in));
        }
        said = new Said(right, confidence, traits);
      }
      return new ComparedRow(
          said,
          in.readBoolean(),
          in.readBoolean(),
          in.readBoolean(),
          floats(in),
          floats(in),
          floats(in),
          floats(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Trait trait, DataOutput out) throws IOException {
    out.writeBoolean(trait.name().source() == Trait.Source.PICTURE);
    out.writeUTF(trait.name().text());
    out.writeBoolean(trait.text() != null);
    if (trait.text() != null) {
      out.writeUTF(shortened(trait.text()));
    } else {
      out.writeDouble(trait.number());
    }
  }

  /** A text that is too long for a group stays too long. */
  private static String shortened(String text) {
    return text.length() > 1_000 ? text.substring(0, 1_000) : text;
  }

  private static Trait trait(DataInput in) throws IOException {
    Trait.Name name =
        new Trait.Name(
            in.readBoolean() ? Trait.Source.PICTURE : Trait.Source.METADATA, in.readUTF());
    return in.readBoolean()
        ? new Trait(name, in.readUTF(), Double.NaN)
        : new Trait(name, null, in.readDouble());
  }

  private static void write(float[] numbers, DataOutput out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
    bytes.asFloatBuffer().put(numbers);
    out.writeInt(numbers.length);
    out.write(bytes.array());
  }

  private static float[] floats(DataInput in) throws IOException {
    float[] numbers = new float[in.readInt()];
    byte[] bytes = new byte[Float.BYTES * numbers.length];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
    return numbers;
  }
}
