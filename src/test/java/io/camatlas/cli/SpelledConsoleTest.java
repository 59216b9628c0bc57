package io.camatlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpelledConsoleTest {
  @Test
  void linesNameOptionsAsTheyAreTyped() {
    ByteArrayOutputStream console = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
    try (PrintStream spelled = SpelledConsole.of(new ExplainCommand(), out)) {
      spelled.printf("%,d images are gone from `images`; set `remove-gone`.%n", 1200);
      spelled.println("Ein `Wort` – größer");
      spelled.print("no end");
    }
    assertThat(console.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            "1,200 images are gone from --images; set --remove-gone.\n"
                + "Ein `Wort` – größer\nno end");
  }
}
