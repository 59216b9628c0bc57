package io.camatlas.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.Trait;
import io.camatlas.compare.ComparedClass.Change;
import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.localize.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ComparedClassTest {
  private static final int NUMBERS = ComparedNumbers.OF_MAP.size();

  private static ComparedRow row(Random random, String site) {
    float[] map = new float[NUMBERS];
    float[] relevance = new float[3];
    float[] cells = new float[4];
    for (float[] numbers : List.of(map, relevance, cells)) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = random.nextFloat();
      }
    }
    return new ComparedRow(
        new ComparedRow.Said(
            random.nextInt(2),
            random.nextFloat(),
            List.of(
                Trait.ofMetadata("site", site), Trait.ofPicture("brightness", random.nextFloat()))),
        random.nextBoolean(),
        random.nextBoolean(),
        true,
        random.nextInt(5) == 0 ? new float[0] : map,
        relevance,
        cells,
        new float[0]);
  }

  /** Parts with pairs and others, in which each image appears once. */
  private static List<ComparedClass> parts(long seed) {
    Random random = new Random(seed);
    List<ComparedClass> parts = new ArrayList<>();
    for (int part = 0; part < 5; part++) {
      ComparedClass state = new ComparedClass();
      for (int i = 0; i < 30; i++) {
        state.addPair(row(random, "A"), row(random, i % 3 == 0 ? "A" : "B"));
        state.add(i % 2 == 0 ? Side.FROM : Side.WITH, row(random, "B"));
      }
      parts.add(state);
    }
    return parts;
  }

  private static List<Change> changes(ComparedClass state) {
    List<Change> found = new ArrayList<>();
    state.changes(Optional.of(new ComparedClass.Totals(1000, 900, 800)), found::add);
    return found;
  }

  private static void assertSame(List<Change> one, List<Change> other) {
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).name()).isEqualTo(other.get(i).name());
      assertThat(one.get(i).value()).isEqualTo(other.get(i).value());
      assertThat(one.get(i).difference().n()).isEqualTo(other.get(i).difference().n());
      assertThat(one.get(i).difference().gap())
          .isCloseTo(other.get(i).difference().gap(), within(1e-9));
      if (Double.isNaN(one.get(i).difference().p())) {
        assertThat(other.get(i).difference().p()).isNaN();
      } else {
        assertThat(one.get(i).difference().p())
            .isCloseTo(other.get(i).difference().p(), within(1e-9));
      }
    }
  }

  @Test
  void partsMergeInAnyOrder() {
    List<ComparedClass> parts = parts(1);
    List<ComparedClass> again = parts(1);
    ComparedClass forwards = new ComparedClass();
    ComparedClass backwards = new ComparedClass();
    for (int i = 0; i < parts.size(); i++) {
      forwards.merge(parts.get(i));
      backwards.merge(again.get(parts.size() - 1 - i));
    }
    assertSame(changes(forwards), changes(backwards));
    assertThat(forwards.images(Side.FROM)).isEqualTo(150 + 75);
    assertThat(forwards.pairs()).isEqualTo(150);
  }

  /** A model that lacks the label's class does not know the label. */
  @Test
  void imagesWhoseLabelOneSampleLacksAreCounted() {
    ComparedClass state = new ComparedClass();
    state.addPair(labelled(1), labelled(Float.NaN));
    state.addPair(labelled(0), labelled(Float.NaN));
    state.addPair(labelled(Float.NaN), labelled(1));
    state.addPair(labelled(1), labelled(0));
    state.add(Side.FROM, labelled(1));
    state.merge(ComparedClass.KIND.read(ComparedClass.KIND.write(state)));
    assertThat(state.labelledOnlyIn(Side.FROM)).isEqualTo(4);
    assertThat(state.labelledOnlyIn(Side.WITH)).isEqualTo(2);
    assertThat(state.labelled(Side.FROM)).isEqualTo(8);
    assertThat(state.labelled(Side.WITH)).isEqualTo(4);
  }

  private static ComparedRow labelled(float right) {
    float[] none = {};
    return new ComparedRow(
        new ComparedRow.Said(right, 0.5f, List.of()), true, true, false, none, none, none, none);
  }

  @Test
  void writingAndReadingChangesNothing() {
    ComparedClass state = parts(2).get(0);
    ComparedClass read = ComparedClass.KIND.read(ComparedClass.KIND.write(state));
    assertSame(changes(read), changes(state));
    assertThat(read.meanMap(Side.WITH).orElseThrow())
        .isEqualTo(state.meanMap(Side.WITH).orElseThrow());
    assertThat(read.moved()).isEqualTo(state.moved());
  }

  @Test
  void aRowSurvivesItsBytes() {
    ComparedRow row = row(new Random(3), "Site ü");
    ComparedRow read = ComparedRow.of(row.bytes());
    assertThat(read.said()).isEqualTo(row.said());
    assertThat(read.isShared()).isEqualTo(row.isShared());
    assertThat(read.isPredicted()).isEqualTo(row.isPredicted());
    assertThat(read.map()).isEqualTo(row.map());
    assertThat(read.relevance()).isEqualTo(row.relevance());
    assertThat(read.cells()).isEqualTo(row.cells());
    assertThat(read.mass(Region.BORDER)).isEqualTo(row.mass(Region.BORDER));
  }

  /** A second look must not count what the first one merged. */
  @Test
  void comparingChangesNothing() {
    ComparedClass state = parts(5).get(0);
    assertSame(changes(state), changes(state));
  }

  @Test
  void featureMapsAreAlikeIfBothUseThemAlike() {
    ComparedClass state = new ComparedClass();
    Random random = new Random(6);
    assertThat(state.featureMapsAlike()).isEmpty();
    for (int i = 0; i < 10; i++) {
      ComparedRow row = row(random, "A");
      state.addPair(row, row);
    }
    assertThat(state.featureMapsAlike().orElseThrow()).isCloseTo(1, within(1e-9));
    assertThat(state.evidence().featureMapsAlike()).isEqualTo(state.featureMapsAlike());
    assertThat(state.evidence().images(Side.FROM)).isZero();
  }

  /** The manifests of two audits may know different things of one image. */
  @Test
  void anImageWhoseTraitChangedCountsInBothGroups() {
    ComparedClass state = new ComparedClass();
    Random random = new Random(4);
    for (int i = 0; i < 10; i++) {
      state.addPair(row(random, "A"), row(random, "B"));
    }
    assertThat(changes(state).stream().filter(one -> "A".equals(one.value()))).isEmpty();
    for (int i = 0; i < 10; i++) {
      state.addPair(row(random, "A"), row(random, "A"));
    }
    Change right =
        changes(state).stream()
            .filter(one -> "A".equals(one.value()) && one.name().equals("accuracy"))
            .findFirst()
            .orElseThrow();
    assertThat(right.difference().pairs()).isEqualTo(10);
  }

  @Test
  void aMapIsBroughtToACoarserGridByArea() {
    CommonGrid grid = CommonGrid.of(3, 3, 2, 2);
    assertThat(grid).isEqualTo(new CommonGrid(2, 2, false));
    float[] cells = grid.of(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 2}, 3, 3, 3);
    assertThat(cells).containsExactly(new float[] {1 / 3f, 0, 0, 2 / 3f}, within(1e-6f));
    float[] middle = grid.of(new float[] {0, 0, 0, 0, 4, 0, 0, 0, 0}, 3, 3, 4);
    assertThat(middle).containsExactly(new float[] {.25f, .25f, .25f, .25f}, within(1e-6f));
    assertThat(CommonGrid.of(56, 56, 100, 80)).isEqualTo(new CommonGrid(14, 14, false));
  }

  @Test
  void attentionThatLiesElsewhereHasMoved() {
    assertThat(CommonGrid.moved(new float[] {.5f, .5f, 0, 0}, new float[] {.5f, 0, .5f, 0}))
        .isCloseTo(0.5, within(1e-9));
    assertThat(CommonGrid.moved(new float[] {1, 0}, new float[] {0, 1})).isEqualTo(1);
    assertThat(CommonGrid.moved(new float[] {.2f, .8f}, new float[] {.2f, .8f})).isZero();
  }
}
