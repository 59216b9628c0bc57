package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.atlas.ClassComparison;
import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.atlas.Rows;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateException;
import io.camatlas.atlas.StateKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** All tables, read from states that were gathered in pieces. */
class AtlasTablesTest {
  private static final Gathering.Group GROUP = new Gathering.Group("r", "layer");
  private static final AtlasRun RUN =
      new AtlasRun("m", "0", "3x8x8", "grad-cam", Map.of(), List.of());

  private static final long PLENTY = 1L << 40;

  /** Gathers each piece by itself, merges in a random order, and reads all tables. */
  private static Map<String, List<Row>> tables(
      List<List<ExplainedRow>> pieces, long budget, Random random) {
    List<Gathering.Part> parts = new ArrayList<>();
    for (List<ExplainedRow> piece : pieces) {
      Gathering gathering = new Gathering(4, budget);
      for (ExplainedRow row : piece) {
        gathering.add(GROUP, row).ifPresent(ready -> ready.forEachRemaining(parts::add));
      }
      gathering.drain().forEachRemaining(parts::add);
    }
    Collections.shuffle(parts, random);
    Map<String, List<byte[]>> byKey = new TreeMap<>();
    Map<String, String> kinds = new LinkedHashMap<>();
    for (Gathering.Part part : parts) {
      String key = part.kind() + " " + part.index() + " " + part.other();
      kinds.put(key, part.kind());
      byKey.computeIfAbsent(key, fresh -> new ArrayList<>()).add(part.bytes());
    }
    ClassComparison classes = new ClassComparison();
    byKey.forEach(
        (key, own) -> {
          if (kinds.get(key).equals("class")) {
            classes.add(StateKind.CLASS.merge(own.iterator()));
          }
        });
    Map<String, List<Row>> tables = new TreeMap<>();
    for (AtlasTable<?> table : AtlasTables.ALL) {
      byKey.forEach(
          (key, own) -> {
            if (kinds.get(key).equals(table.kind().name())) {
              read(
                  table,
                  own,
                  classes,
                  tables.computeIfAbsent(table.name(), n -> new ArrayList<>()));
            }
          });
    }
    tables.values().forEach(rows -> rows.sort(Comparator.comparing(TableRows::names)));
    return tables;
  }

  private static <S extends State<S>> void read(
      AtlasTable<S> table, List<byte[]> parts, ClassComparison classes, List<Row> rows) {
    S state = table.kind().merge(parts.iterator());
    // What was merged can itself be saved and read.
    S again = table.kind().read(table.kind().write(state));
    table.read(again, new AtlasTable.Place(GROUP, RUN, classes), rows::add);
  }

  @Test
  void atlasDoesNotDependOnHowRowsAreSplit() {
    Random random = new Random(5);
    // As few as quantiles are exact for.
    check(Rows.random(random, 150), random, "localization_truth", LabelScoresTable.NAME);
  }

  @Test
  void atlasOfSeveralLabelsDoesNotEither() {
    Random random = new Random(15);
    check(Rows.randomSeveral(random, 90), random, "localization_truth", "confusions");
  }

  private static void check(List<ExplainedRow> rows, Random random, String... empty) {
    Map<String, List<Row>> whole = tables(List.of(rows), PLENTY, random);
    assertThat(whole.keySet())
        .containsExactlyInAnyOrderElementsOf(
            AtlasTables.ALL.stream()
                .map(AtlasTable::name)
                .distinct()
                .filter(name -> !List.of(empty).contains(name))
                .toList());
    for (int round = 0; round < 20; round++) {
      List<ExplainedRow> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, random);
      List<List<ExplainedRow>> pieces = new ArrayList<>();
      for (int from = 0; from < shuffled.size(); ) {
        int to = Math.min(shuffled.size(), from + 1 + random.nextInt(60));
        pieces.add(shuffled.subList(from, to));
        from = to;
      }
      Map<String, List<Row>> split = tables(pieces, PLENTY, random);
      whole.forEach(
          (table, expected) -> {
            List<Row> found = split.get(table);
            assertThat(found).as(table).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
              TableRows.close(
                  expected.get(i), found.get(i), table + " " + TableRows.names(expected.get(i)));
            }
          });
    }
  }

  @Test
  void statesThatOutgrowTheirMemoryAreHandedOutEarly() {
    List<ExplainedRow> rows = Rows.random(new Random(6), 600);
    Gathering gathering = new Gathering(4, 0);
    List<Gathering.Part> early = new ArrayList<>();
    rows.forEach(
        row -> gathering.add(GROUP, row).ifPresent(ready -> ready.forEachRemaining(early::add)));
    assertThat(early).isNotEmpty();
    long images = 0;
    gathering.drain().forEachRemaining(early::add);
    for (Gathering.Part part : early) {
      if (part.kind().equals("class")) {
        images += StateKind.CLASS.read(part.bytes()).attention().map(a -> a.images()).orElse(0L);
      }
    }
    assertThat(images).isEqualTo(rows.size());
  }

  @Test
  void rowsOfOneLayerMustAgree() {
    Gathering gathering = new Gathering(4, PLENTY);
    gathering.add(GROUP, Rows.of("a", 0, 0, 0, 0.5, 1, 2, 3, 4));
    assertThatThrownBy(() -> gathering.add(GROUP, Rows.of("b", 0, 0, 0, 0.5, 1, 2, 3, 4, 5, 6)))
        .isInstanceOf(StateException.class)
        .hasMessage(
            "image b has a map of [2,3] from 2 feature maps, others of this layer have [2,2] from"
                + " 2; all rows of a layer must agree. Explain them in runs with different"
                + " settings.");
  }

  @Test
  void statesOfAnotherVersionAreRefused() {
    byte[] bytes = StateKind.CLASS.write(new ClassState(Rows.name(0)));
    bytes[3]++;
    assertThatThrownBy(() -> StateKind.CLASS.read(bytes))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("A class state has version 3; this CamAtlas reads version 2");
  }
}
