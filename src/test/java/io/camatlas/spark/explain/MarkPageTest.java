package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkPageTest {
  private static final String FIRST = "0123456789abcdef01234567-1";
  private static final String SECOND = "76543210fedcba9876543210-12";

  @TempDir Path folder;

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void marksOfAProcessThatEndedBecomeFiles() throws IOException {
    MarkPage page = MarkPage.create(folder);
    assertThat(page.add(FIRST)).isTrue();
    assertThat(page.add(SECOND)).isTrue();
    assertThat(page.remove(FIRST)).isTrue();
    assertThat(page.add("f" + FIRST.substring(1))).isTrue();

    MarkPage.spread(folder);

    assertThat(files()).containsExactlyInAnyOrder(SECOND, "f" + FIRST.substring(1));
  }

  @Test
  void noFileIsLeftOfATaskThatEnds() throws IOException {
    try (MarkPage page = MarkPage.create(folder)) {
      page.add(FIRST);
    }

    MarkPage.spread(folder);

    assertThat(files()).isEmpty();
  }

  @Test
  void marksOfOthersAreNotRemoved() throws IOException {
    try (MarkPage page = MarkPage.create(folder)) {
      assertThat(page.remove(FIRST)).isFalse();
      assertThat(page.add("../" + FIRST)).isFalse();
    }
  }

  @Test
  void fullPageSaysSo() throws IOException {
    try (MarkPage page = MarkPage.create(folder)) {
      List<String> marks = new ArrayList<>();
      while (page.add("%024x-1".formatted(marks.size()))) {
        marks.add("%024x-1".formatted(marks.size()));
        assertThat(marks).hasSizeLessThan(1 << 16);
      }

      page.remove(marks.get(7));

      assertThat(page.add(FIRST)).isTrue();
      assertThat(page.add(SECOND)).isFalse();
    }
  }
}
