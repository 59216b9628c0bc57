package io.camatlas.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks the command line itself whether it understands a command, without running it. */
public final class DocumentedCommands {
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]*");

  private DocumentedCommands() {}

  /**
   * What the command line has against a command.
   *
   * @param words what stands behind {@code camatlas}, its command first
   * @return empty if nothing
   */
  public static List<String> problems(List<String> words) {
    // With --help, values are parsed and nothing is run.
    List<String> asked = new ArrayList<>(words);
    asked.add("--help");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code;
    try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      code =
          Main.run(
              words.get(0).startsWith("bench") ? io.camatlas.bench.Main.COMMANDS : Main.COMMANDS,
              asked.toArray(new String[0]),
              out,
              out);
    }
    String help = said.toString(StandardCharsets.UTF_8);
    if (code != 0) {
      return List.of(help);
    }
    Set<String> known =
        OPTION
            .matcher(help)
            .results()
            .map(java.util.regex.MatchResult::group)
            .collect(Collectors.toSet());
    return words.stream()
        .filter(word -> word.startsWith("--"))
        .map(word -> word.replaceFirst("=.*", ""))
        .filter(word -> !known.contains(word))
        .map(word -> word + " is no option of camatlas " + words.get(0))
        .toList();
  }
}
