package io.camatlas.torchscript;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement of an archive's code. */
sealed interface ScriptStatement {
  /**
   * An expression whose value goes to local names; none where it is evaluated for its effect.
   *
   * @param unpacked whether the value's items go to the names one by one
   */
  record Assign(List<String> names, boolean unpacked, ScriptExpression value)
      implements ScriptStatement {}

  /** A value stored in a module or in a list. */
  record Store(ScriptExpression value) implements ScriptStatement {}

  record Return(ScriptExpression value) implements ScriptStatement {}

  record If(ScriptExpression condition, List<ScriptStatement> then, List<ScriptStatement> otherwise)
      implements ScriptStatement {}

  /** A loop of either kind; {@code name} is empty for {@code while}. */
  record Loop(String name, ScriptExpression over, List<ScriptStatement> body)
      implements ScriptStatement {}

  /** Reads the statements of a method or function. */
  static List<ScriptStatement> parse(String body) {
    List<String> lines = logicalLines(body);
    return new Block(lines).read(lines.isEmpty() ? 0 : Block.indent(lines.get(0)));
  }

  /** Joins lines within brackets. */
  private static List<String> logicalLines(String body) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    int depth = 0;
    for (int i = 0; i <= body.length(); i++) {
      char c = i == body.length() ? '\n' : body.charAt(i);
      if (c == '"' || c == '\'') {
        i = ScriptParser.stringEnd(body, i);
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      } else if (c == '\n' && depth == 0) {
        String line = body.substring(from, Math.min(i, body.length()));
        if (!line.isBlank()) {
          lines.add(line);
        }
        from = i + 1;
      }
    }
    return lines;
  }

  /** Reads indented lines. */
  final class Block {
    private static final Pattern ASSIGN =
        Pattern.compile(
            "([A-Za-z_]\\w*+(?:\\s*+,\\s*+[A-Za-z_]\\w*+)*+\\s*+,?+)\\s*+(?::\\s*+[^=]+)?=(?!=)(.*)",
            Pattern.DOTALL);
    private static final Pattern STORE =
        Pattern.compile("[A-Za-z_][\\w.\\[\\]]*\\s*=(?!=)(.*)", Pattern.DOTALL);
    private static final Pattern FOR =
        Pattern.compile("for ([A-Za-z_]\\w*) in (.*):", Pattern.DOTALL);

    private final List<String> lines;
    private int at;

    private Block(List<String> lines) {
      this.lines = lines;
    }

    private static int indent(String line) {
      int indent = 0;
      while (indent < line.length() && line.charAt(indent) == ' ') {
        indent++;
      }
      return indent;
    }

    private List<ScriptStatement> read(int indent) {
      List<ScriptStatement> statements = new ArrayList<>();
      while (at < lines.size() && indent(lines.get(at)) >= indent) {
        int found = indent(lines.get(at));
        String line = lines.get(at++).strip();
        if (!line.equals("pass")) {
          statements.add(statement(line, found));
        }
      }
      return statements;
    }

    private ScriptStatement statement(String line, int indent) {
      if (line.startsWith("if ")) {
        ScriptExpression condition = header(line, 3);
        List<ScriptStatement> then = read(indent + 1);
        List<ScriptStatement> otherwise = List.of();
        if (at < lines.size()
            && indent(lines.get(at)) == indent
            && lines.get(at).strip().equals("else:")) {
          at++;
          otherwise = read(indent + 1);
        }
        return new If(condition, then, otherwise);
      }
      if (line.startsWith("while ")) {
        return new Loop("", header(line, 6), read(indent + 1));
      }
      Matcher loop = FOR.matcher(line);
      if (loop.matches()) {
        return new Loop(loop.group(1), ExpressionParser.parse(loop.group(2)), read(indent + 1));
      }
      if (line.equals("return") || line.startsWith("return ") || line.startsWith("return(")) {
        String value = line.substring(6).strip();
        return new Return(ExpressionParser.parse(value.isEmpty() ? "None" : value));
      }
      Matcher assign = ASSIGN.matcher(line);
      if (assign.matches()) {
        List<String> names = new ArrayList<>();
        for (String name : assign.group(1).split(",")) {
          if (!name.isBlank()) {
            names.add(name.strip());
          }
        }
        boolean unpacked = assign.group(1).indexOf(',') >= 0;
        return new Assign(names, unpacked, ExpressionParser.parse(assign.group(2)));
      }
      Matcher store = STORE.matcher(line);
      if (store.matches()) {
        return new Store(ExpressionParser.parse(store.group(1)));
      }
      return new Assign(List.of(), false, ExpressionParser.parse(line));
    }

    private static ScriptExpression header(String line, int from) {
      return ExpressionParser.parse(line.substring(from, line.lastIndexOf(':')));
    }
  }
}
