package io.camatlas.spark.atlas;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.image.Box;
import io.camatlas.localize.SaliencyMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** Reads the columns that {@link GatherStage#rows} selects, one row after another. */
public final class ExplanationRows {
  private final String run;
  private final Iterator<InternalRow> rows;
  private final Map<String, Gathering.Group> groups = new HashMap<>();
  private final Map<Integer, ClassName> classes = new HashMap<>();
  private InternalRow row;

  public ExplanationRows(String run, Iterator<InternalRow> rows) {
    this.run = run;
    this.rows = rows;
  }

  /** Goes to the next row, if there is one. */
  public boolean next() {
    boolean more = rows.hasNext();
    row = more ? rows.next() : null;
    return more;
  }

  Gathering.Group group() {
    return groups.computeIfAbsent(text(0), layer -> new Gathering.Group(run, layer));
  }

  public ExplainedRow row() {
    return new ExplainedRow(
        new Examples.Image(text(1), text(2)),
        name(3),
        new ExplainedRow.Said(row.isNullAt(5) ? null : name(5), name(7), row.getFloat(9)),
        new ExplainedRow.Part(row.getBoolean(10), row.getBoolean(11)),
        new SaliencyMap(row.getArray(12).toFloatArray(), row.getInt(13), row.getInt(14)),
        new ExplainedRow.Measures(number(15), number(16), number(17), number(18), row.getInt(19)),
        new ExplainedRow.FeatureMaps(
            row.getArray(20).toFloatArray(),
            row.getArray(21).toFloatArray(),
            row.getArray(22).toFloatArray(),
            row.getArray(23).toIntArray()));
  }

  /** What the same row says of annotated objects. */
  TruthGathering.Annotated truth(ExplainedRow explained) {
    List<TruthGathering.Candidate> candidates = new ArrayList<>();
    if (!row.isNullAt(31)) {
      ArrayData all = row.getArray(31);
      for (int i = 0; i < all.numElements(); i++) {
        InternalRow one = all.getStruct(i, 2);
        candidates.add(
            new TruthGathering.Candidate(one.getUTF8String(0).toString(), one.getBinary(1)));
      }
    }
    List<Box> boxes = new ArrayList<>();
    if (!row.isNullAt(29)) {
      ArrayData all = row.getArray(29);
      for (int i = 0; i < all.numElements(); i++) {
        boxes.add(box(all.getStruct(i, 4)));
      }
    }
    return new TruthGathering.Annotated(
        explained.image().id(),
        explained.image().path(),
        text(6),
        row.getInt(24),
        row.getInt(25),
        row.getInt(26),
        row.getInt(27),
        box(row.getStruct(28, 4)),
        boxes,
        row.isNullAt(30) ? null : text(30),
        candidates);
  }

  private static Box box(InternalRow box) {
    return new Box(box.getDouble(0), box.getDouble(1), box.getDouble(2), box.getDouble(3));
  }

  /** Class names repeat in every row; one of each is kept. */
  private ClassName name(int at) {
    int index = row.getInt(at);
    ClassName known = classes.get(index);
    if (known == null) {
      known = new ClassName(index, text(at + 1));
      classes.put(index, known);
    }
    return known;
  }

  private String text(int at) {
    return row.isNullAt(at) ? null : row.getUTF8String(at).toString();
  }

  private double number(int at) {
    return row.isNullAt(at) ? Double.NaN : row.getDouble(at);
  }
}
