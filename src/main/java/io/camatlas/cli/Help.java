package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.SettingNames;
import io.camatlas.config.Topic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code --help} prints, for a console of 100 columns. */
final class Help {
  private static final int WIDTH = 100;
  private static final int INDENT = 2;
  private static final int COMMANDS = 18;
  private static final int SENTENCES = 30;

  private Help() {}

  /** All commands. */
  static String overview(List<Command> commands) {
    StringBuilder text = new StringBuilder();
    text.append("Usage: camatlas [SPARK-SUBMIT OPTIONS] COMMAND [OPTIONS]\n\n");
    paragraph(
        text,
        "Audits an image classifier over a whole dataset: where it looks, class by class, with"
            + " Smooth Grad-CAM++ on Spark.",
        0);
    text.append("\nCommands:\n");
    for (Command command : commands) {
      row(text, command.name(), command.description().get(0), COMMANDS);
    }
    text.append("\nOptions:\n");
    row(text, "-h, --help", "Show this help, or that of a command, and exit.", COMMANDS);
    row(
        text,
        "-V, --version",
        "Show the versions of CamAtlas, Spark and PyTorch, and exit.",
        COMMANDS);
    examples(text, List.of("demo", "explain --help"));
    return text.toString();
  }

  /** One command: its options under their headings. */
  static String of(Command command) {
    StringBuilder text = new StringBuilder("Usage: camatlas " + command.name() + " [OPTIONS]");
    for (Option<String> positional : command.positionals()) {
      text.append(" [").append(positional.name().toUpperCase(Locale.ROOT)).append(']');
    }
    text.append("\n\n");
    for (String sentences : command.description()) {
      paragraph(text, SettingNames.spelled(sentences, name -> spelled(command, name)), 0);
    }
    if (!command.positionals().isEmpty()) {
      text.append('\n');
    }
    for (Option<String> positional : command.positionals()) {
      row(
          text,
          positional.name().toUpperCase(Locale.ROOT),
          "Same as " + Arguments.flag(positional.name()) + ".",
          SENTENCES);
    }
    byTopic(command)
        .forEach(
            (topic, options) -> {
              text.append('\n').append(topic.heading()).append(":\n");
              options.forEach(option -> row(text, usage(option), sentences(command, option)));
            });
    text.append('\n');
    row(text, usage(GivenSettings.CONFIG), sentences(command, GivenSettings.CONFIG));
    row(text, "-h, --help", "Show this help and exit.");
    examples(text, command.examples());
    return text.toString();
  }

  /** A pointer to the command's help. */
  static String where(Command command) {
    return "Run 'camatlas " + command.name() + " --help' for all options.";
  }

  /** A setting's name as typed on the command line, if the command has it. */
  static String spelled(Command command, String name) {
    boolean own =
        Arguments.withConfig(command).stream().anyMatch(option -> option.name().equals(name));
    return own ? Arguments.flag(name) : name;
  }

  /** A command's options under their headings, in the order of {@link Topic}. */
  static Map<Topic, List<Option<?>>> byTopic(Command command) {
    return command.options().stream()
        .collect(
            Collectors.groupingBy(
                Option::topic, () -> new EnumMap<>(Topic.class), Collectors.toList()));
  }

  /** An option as typed, such as {@code --model FILE}. */
  static String usage(Option<?> option) {
    String label = option.label().replace(" …", "");
    return Arguments.flag(option.name()) + (option.isSwitch() ? "[=" + label + "]" : " " + label);
  }

  /** What an option does, and its default. */
  static String sentences(Command command, Option<?> option) {
    return SettingNames.spelled(option.help(), name -> spelled(command, name))
        + (option.defaultValue().isEmpty() || option.isSwitch()
            ? ""
            : " Default: " + option.defaultValue() + ".");
  }

  private static void examples(StringBuilder text, List<String> examples) {
    if (examples.isEmpty()) {
      return;
    }
    text.append(examples.size() == 1 ? "\nExample:\n" : "\nExamples:\n");
    examples.forEach(example -> text.append("  camatlas ").append(example).append('\n'));
  }

  private static void row(StringBuilder text, String left, String right) {
    row(text, left, right, SENTENCES);
  }

  /** A row of two columns; if the left one is too wide, it gets a line of its own. */
  private static void row(StringBuilder text, String left, String right, int column) {
    text.append(" ".repeat(INDENT)).append(left);
    int used = INDENT + left.length();
    if (used + 2 > column) {
      text.append('\n');
      used = 0;
    }
    text.append(" ".repeat(column - used));
    List<String> lines = wrapped(right, WIDTH - column);
    text.append(String.join("\n" + " ".repeat(column), lines)).append('\n');
  }

  private static void paragraph(StringBuilder text, String sentences, int indent) {
    wrapped(sentences, WIDTH - indent)
        .forEach(line -> text.append(" ".repeat(indent)).append(line).append('\n'));
  }

  /**
   * Breaks text between words into lines of at most this width; longer words get their own line.
   */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
