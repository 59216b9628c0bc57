package io.camatlas.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One Markdown page.
 *
 * @param file where it is, from the project's folder
 * @param text what stands in it
 */
record Page(Path file, String text) {
  private static final Pattern BLOCK =
      Pattern.compile("(?m)^( *)```(\\w*)\\n(.*?)^ *```$", Pattern.DOTALL);
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

  /** The README and all pages of the reference. */
  static List<Page> all() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::of)
          .toList();
    }
  }

  private static Page of(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }

  private String prose() {
    return BLOCK.matcher(text).replaceAll("");
  }

  /** Targets of its links and pictures. */
  List<String> links() {
    return LINK.matcher(CODE.matcher(prose()).replaceAll(""))
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  /** Names that links to its headings may have, as GitHub makes them. */
  Set<String> anchors() {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    Matcher headings = HEADING.matcher(prose());
    while (headings.find()) {
      String slug =
          headings
              .group(1)
              .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
              .strip()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}\\-_ ]", "")
              .replace(' ', '-');
      int before = seen.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
    return anchors;
  }

  /**
   * Lines of its code that begin with a command, in blocks and within sentences; lines that are
   * continued are one.
   *
   * @param prefix of the command, followed by a blank
   */
  List<String> commands(String prefix) {
    List<String> commands = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      blocks
          .group(3)
          .replaceAll("\\\\\\n *", " ")
          .lines()
          .map(String::strip)
          .filter(line -> line.startsWith(prefix + " "))
          .map(line -> line.replaceFirst(" +#.*$", ""))
          .forEach(commands::add);
    }
    CODE.matcher(prose())
        .results()
        .map(result -> result.group(1))
        .filter(code -> code.startsWith(prefix + " "))
        .forEach(commands::add);
    return commands;
  }

  /** Lists in its code that begin with a word. */
  List<String> jsonLists(String first) {
    return Pattern.compile("\\[\\s*\"" + first + "\"[^\\]]*\\]")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  /** The words of a command, as a shell splits them; dots that stand for more are left out. */
  static List<String> words(String command) {
    return Pattern.compile("((?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+)")
        .matcher(command)
        .results()
        .map(result -> result.group().replaceAll("['\"]", ""))
        .filter(word -> !word.equals("…"))
        .toList();
  }
}
