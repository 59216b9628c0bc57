package io.camatlas.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingNamesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/camatlas");
  private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");
  private static final Pattern FLAG = Pattern.compile("(?<!-)--[a-z]");
  private static final Pattern MARKED = Pattern.compile("`([a-z][a-z0-9-]*)`");

  /** The command line itself, and a program with a command line of its own. */
  private static boolean typesFlags(Path file) {
    return file.startsWith(SOURCES.resolve("cli"))
        || file.equals(SOURCES.resolve("demo/DemoArguments.java"));
  }

  private static List<String> literals(Path file) throws IOException {
    return LITERAL.matcher(Files.readString(file)).results().map(MatchResult::group).toList();
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  @Test
  void onlyTheCommandLineWritesDashes() throws IOException {
    List<String> flags = new ArrayList<>();
    for (Path file : sources()) {
      if (!typesFlags(file)) {
        literals(file).stream()
            .filter(literal -> FLAG.matcher(literal).find())
            .forEach(literal -> flags.add(file + ": " + literal));
      }
    }
    assertThat(flags).as("name the setting, marked by backticks").isEmpty();
  }

  @Test
  void everyMarkedNameIsAnOption() throws IOException {
    Set<String> known =
        Main.COMMANDS.stream()
            .flatMap(command -> command.options().stream())
            .map(Option::name)
            .collect(Collectors.toSet());
    for (Path file : sources()) {
      for (String literal : literals(file)) {
        Matcher names = MARKED.matcher(literal);
        while (names.find()) {
          assertThat(known).as("%s: %s", file, literal).contains(names.group(1));
        }
      }
    }
  }

  @Test
  void namesAreSpelledAsTheReaderWritesThem() {
    String message = "`out` is /a`b; set `noise-scale` to range.";
    assertThat(SettingNames.plain(message)).isEqualTo("out is /a`b; set noise-scale to range.");
    assertThat(SettingNames.spelled(message, name -> "--" + name))
        .isEqualTo("--out is /a`b; set --noise-scale to range.");
    SettingsException problems = new SettingsException(List.of(message));
    assertThat(problems).hasMessage(SettingNames.plain(message));
    assertThat(problems.problems(name -> "--" + name))
        .containsExactly("--out is /a`b; set --noise-scale to range.");
  }
}
