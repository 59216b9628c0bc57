package io.camatlas.torchscript;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the canonical text that PyTorch prints for an archive's classes: two spaces per level, one
 * statement a line, long argument lists broken inside parentheses.
 */
final class ScriptParser {
  private static final Pattern CLASS =
      Pattern.compile("^class ([A-Za-z_]\\w*)(?:\\(([^)]*)\\))?:", Pattern.MULTILINE);
  private static final Pattern TOP_LEVEL = Pattern.compile("^\\S", Pattern.MULTILINE);
  private static final Pattern HOOKS = Pattern.compile("\\n\\s*__forward_hooks__ = \\[\"");
  private static final Pattern METHOD =
      Pattern.compile("^  def ([A-Za-z_]\\w*)\\(", Pattern.MULTILINE);
  private static final Pattern ATTRIBUTE =
      Pattern.compile("^  ([A-Za-z_]\\w*) : (.+?)(?: = .*)?$", Pattern.MULTILINE);
  private static final Pattern ANNOTATED =
      Pattern.compile(
          "^  __annotations__\\[\"((?:[^\"\\\\]|\\\\.)*)\"\\] = (.+)$", Pattern.MULTILINE);

  private ScriptParser() {}

  /**
   * Reads all classes of one file.
   *
   * @param qualifier the file's dotted name, for example {@code __torch__.torchvision.models.vgg}
   * @param text the file's text
   */
  static List<ScriptClass> classes(String qualifier, String text) {
    List<ScriptClass> found = new ArrayList<>();
    Matcher header = CLASS.matcher(text);
    int from = 0;
    while (header.find(from)) {
      Matcher next = TOP_LEVEL.matcher(text);
      int end = next.find(header.end()) ? next.start() : text.length();
      found.add(
          read(
              qualifier + "." + header.group(1),
              header.group(2) == null ? "" : header.group(2),
              text,
              header.end(),
              end));
      from = end;
    }
    return found;
  }

  private static ScriptClass read(String name, String base, String text, int start, int end) {
    List<Integer> starts = new ArrayList<>();
    Matcher method = METHOD.matcher(text).region(start, end);
    while (method.find()) {
      starts.add(method.start());
    }
    int attributesEnd = starts.isEmpty() ? end : starts.get(0);
    // Declaration order matters to nobody but the reader of a listing, so both spellings of an
    // attribute are collected by their place in the text.
    Map<Integer, Map.Entry<String, String>> byPlace = new java.util.TreeMap<>();
    Matcher plain = ATTRIBUTE.matcher(text).region(start, attributesEnd);
    while (plain.find()) {
      byPlace.put(plain.start(), Map.entry(plain.group(1), plain.group(2).strip()));
    }
    Matcher quoted = ANNOTATED.matcher(text).region(start, attributesEnd);
    while (quoted.find()) {
      byPlace.put(quoted.start(), Map.entry(unquote(quoted.group(1)), quoted.group(2).strip()));
    }
    LinkedHashMap<String, String> attributes = new LinkedHashMap<>();
    byPlace.values().forEach(e -> attributes.put(e.getKey(), e.getValue()));

    Map<String, ScriptMethod> methods = new LinkedHashMap<>();
    for (int i = 0; i < starts.size(); i++) {
      int methodEnd = i + 1 < starts.size() ? starts.get(i + 1) : end;
      ScriptMethod parsed = callable(text.substring(starts.get(i), methodEnd), 1, starts.get(i));
      methods.put(parsed.name(), parsed);
    }
    boolean hooked = HOOKS.matcher(text).region(start, attributesEnd).find();
    return new ScriptClass(name, base, attributes, methods, hooked, end);
  }

  /** Reads a function that stands outside of classes. */
  static ScriptMethod function(String text) {
    return callable(text, 0, 0);
  }

  /**
   * @param hidden leading parameters that callers do not give
   * @param offset of the text in its file
   */
  private static ScriptMethod callable(String text, int hidden, int offset) {
    int open = text.indexOf('(');
    String name = text.substring(text.indexOf("def ") + 4, open).strip();
    int close = closing(text, open);
    List<ScriptMethod.Parameter> parameters = new ArrayList<>();
    List<String> declared = splitTopLevel(text.substring(open + 1, close));
    String receiver =
        hidden == 0 || declared.isEmpty() ? "" : declared.get(0).split(":")[0].strip();
    for (String declaration :
        declared.subList(Math.min(hidden, declared.size()), declared.size())) {
      int colon = declaration.indexOf(':');
      String type = colon < 0 ? "Tensor" : declaration.substring(colon + 1);
      int equals = topLevelEquals(type);
      parameters.add(
          new ScriptMethod.Parameter(
              colon < 0 ? declaration : declaration.substring(0, colon).strip(),
              declaration,
              (equals < 0 ? type : type.substring(0, equals)).strip(),
              equals >= 0));
    }
    int arrow = text.indexOf("->", close);
    int bodyStart = text.indexOf(":\n", close);
    if (bodyStart < 0) {
      return new ScriptMethod(name, receiver, parameters, "None", "", offset + text.length());
    }
    String returnType =
        arrow < 0 || arrow > bodyStart ? "Tensor" : text.substring(arrow + 2, bodyStart).strip();
    return new ScriptMethod(
        name,
        receiver,
        parameters,
        returnType.replaceAll("\\s*\\n\\s*", " "),
        text.substring(bodyStart + 2),
        offset + bodyStart + 2);
  }

  /** The offset of the bracket that closes the one at {@code open}; strings are stepped over. */
  static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\'') {
        i = stringEnd(text, i);
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
        if (depth == 0) {
          return i;
        }
      }
    }
    throw new ArchiveException("Unbalanced brackets in the archive's code: " + excerpt(text, open));
  }

  /** The offset of the quote that ends the string starting at {@code start}. */
  static int stringEnd(String text, int start) {
    char quote = text.charAt(start);
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote) {
        return i;
      }
    }
    throw new ArchiveException(
        "Unterminated string in the archive's code: " + excerpt(text, start));
  }

  static List<String> splitTopLevel(String list) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (c == '"' || c == '\'') {
        i = stringEnd(list, i);
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(list.substring(from, i).strip());
        from = i + 1;
      }
    }
    parts.add(list.substring(from).strip());
    parts.removeIf(String::isEmpty);
    return parts;
  }

  private static int topLevelEquals(String type) {
    int depth = 0;
    for (int i = 0; i < type.length(); i++) {
      char c = type.charAt(i);
      if (c == '"' || c == '\'') {
        i = stringEnd(type, i);
      } else if (c == '(' || c == '[') {
        depth++;
      } else if (c == ')' || c == ']') {
        depth--;
      } else if (c == '=' && depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Undoes the escapes of a quoted attribute name. */
  static String unquote(String quoted) {
    return quoted.indexOf('\\') < 0 ? quoted : quoted.replaceAll("\\\\(.)", "$1");
  }

  private static String excerpt(String text, int at) {
    return text.substring(at, Math.min(text.length(), at + 60)).replace('\n', ' ');
  }
}
