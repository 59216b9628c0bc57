package io.camatlas.spark.faithfulness;

import io.camatlas.faithfulness.MapKind;
import io.camatlas.spark.Printable;
import io.camatlas.spark.results.FaithfulnessTable;
import io.camatlas.spark.results.FaithfulnessTable.OfClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A small table for the console: how faithful the maps are, class by class. */
public final class FaithfulnessSummary {
  private static final List<ToDoubleFunction<OfClass>> NUMBERS =
      List.of(OfClass::averageDrop, OfClass::increase, OfClass::insertionAuc, OfClass::deletionAuc);

  private FaithfulnessSummary() {}

  /** One printed line: a class of a layer, or all classes of the layer. */
  private record Line(String target, long images, Map<MapKind, OfClass> kinds) {
    /**
     * Mean insertion minus mean deletion, the usual summary of the two curves; higher is better.
     */
    double insertionOverDeletion() {
      OfClass explanation = kinds.get(MapKind.EXPLANATION);
      return explanation.insertionAuc() - explanation.deletionAuc();
    }
  }

  /**
   * Summarises.
   *
   * @param table rows of {@link FaithfulnessTable}
   * @return for each layer one line per class, the lowest insertion minus deletion first, then one
   *     for all classes
   */
  public static String of(Dataset<Row> table) {
    Map<String, Map<String, Line>> layers = new LinkedHashMap<>();
    for (Row row :
        table.orderBy(FaithfulnessTable.LAYER, FaithfulnessTable.CLASS_INDEX).collectAsList()) {
      OfClass one = FaithfulnessTable.fromRow(row);
      layers
          .computeIfAbsent(one.layer(), name -> new LinkedHashMap<>())
          .computeIfAbsent(
              one.className() == null ? "" : one.className() + "#" + one.classIndex(),
              key -> new Line(one.className(), one.images(), new EnumMap<>(MapKind.class)))
          .kinds()
          .put(one.kind(), one);
    }
    StringBuilder text = new StringBuilder();
    layers.forEach(
        (layer, lines) -> {
          List<Line> classes = new ArrayList<>(lines.values());
          classes.removeIf(line -> line.target() == null);
          classes.sort(Comparator.comparingDouble(Line::insertionOverDeletion));
          classes.add(lines.get(""));
          print(text, layer, classes);
        });
    return text.append(
            "Each cell: explanation | random map | centre. For drop and deletion, lower is better;"
                + " for increase and insertion, higher.\n")
        .toString();
  }

  private static void print(StringBuilder text, String layer, List<Line> lines) {
    int width =
        Math.max(
            12,
            lines.stream().mapToInt(line -> String.valueOf(name(line)).length()).max().orElse(0));
    text.append("layer ").append(layer).append('\n');
    StringBuilder head = new StringBuilder(String.format("%-" + width + "s images", "class"));
    for (String title : List.of("average drop", "increase", "insertion", "deletion")) {
      head.append(String.format("   %-20s", title));
    }
    text.append(head.toString().stripTrailing()).append('\n');
    for (Line line : lines) {
      StringBuilder cells =
          new StringBuilder(
              String.format(Locale.ROOT, "%-" + width + "s %6d", name(line), line.images()));
      for (ToDoubleFunction<OfClass> number : NUMBERS) {
        cells.append(String.format("   %-20s", means(line, number)));
      }
      text.append(cells.toString().stripTrailing()).append('\n');
    }
  }

  private static String means(Line line, ToDoubleFunction<OfClass> number) {
    return Arrays.stream(MapKind.values())
        .mapToDouble(kind -> number.applyAsDouble(line.kinds().get(kind)))
        .mapToObj(mean -> Double.isNaN(mean) ? "   -" : String.format(Locale.ROOT, "%.2f", mean))
        .collect(Collectors.joining(" | "));
  }

  private static String name(Line line) {
    return line.target() == null ? "all classes" : Printable.of(line.target());
  }
}
