package io.camatlas.cli;

import io.camatlas.config.SettingNames;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;

/** Passes lines on, with the names of settings spelled as they are typed. */
final class SpelledConsole extends OutputStream {
  private final PrintStream console;
  private final UnaryOperator<String> spelling;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private SpelledConsole(PrintStream console, UnaryOperator<String> spelling) {
    this.console = console;
    this.spelling = spelling;
  }

  /** A stream to print to whose lines appear on the console as a command's user types options. */
  static PrintStream of(Command command, PrintStream console) {
    return new PrintStream(
        new SpelledConsole(console, name -> Help.spelled(command, name)),
        true,
        StandardCharsets.UTF_8);
  }

  /** Prints notes on the settings, one line each. */
  static void note(Command command, List<String> notes) {
    PrintStream console = of(command, System.out);
    notes.forEach(note -> console.println("Note: " + note));
  }

  @Override
  public synchronized void write(int b) {
    line.write(b);
    if (b == '\n') {
      flush();
    }
  }

  @Override
  public synchronized void flush() {
    console.print(SettingNames.spelled(line.toString(StandardCharsets.UTF_8), spelling));
    console.flush();
    line.reset();
  }
}
