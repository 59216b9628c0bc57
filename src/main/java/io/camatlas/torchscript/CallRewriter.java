package io.camatlas.torchscript;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goes through the text of one method and lets calls of modules' methods be replaced. */
abstract class CallRewriter {
  private static final Pattern CALL = Pattern.compile("\\((\\w+)\\)\\.(\\w+)\\(");
  private static final Pattern BINDING =
      Pattern.compile("\\s*(\\w+)(?: : [^=\\n]+)? = (\\w+)\\.([A-Za-z_]\\w*)[ \\t]*(?:\\n|$)");
  private static final Pattern QUOTED_BINDING =
      Pattern.compile(
          "\\s*(\\w+)(?: : [^=\\n]+)? = getattr\\((\\w+),"
              + " \"((?:[^\"\\\\]|\\\\.)*)\"\\)[ \\t]*(?:\\n|$)");

  /** The method that is read. */
  final ScriptMethod method;

  /** The module that each local name was bound to last. */
  private final Map<String, String> modules = new HashMap<>();

  /** All modules that a name was bound to, where there are several. */
  private final Map<String, Set<String>> shared = new HashMap<>();

  private StringBuilder before = new StringBuilder();

  CallRewriter(ScriptMethod method) {
    this.method = method;
  }

  /**
   * What stands in place of a call.
   *
   * @param receiver the local name of what is called, or the method's own receiver
   * @param paths the modules that the name stands for, by their paths below the method's class:
   *     one, none if it stands for none, or several that cannot be told apart
   * @param name the method that is called
   * @param arguments its arguments, in which calls are replaced already
   */
  abstract String call(String receiver, Set<String> paths, String name, String arguments);

  /** A call as it is written. */
  static String plain(String receiver, String name, String arguments) {
    return "(" + receiver + ")." + name + "(" + arguments + ")";
  }

  /** Puts a statement before the one whose calls are being replaced. */
  final void before(String statement) {
    before.append(statement).append('\n');
  }

  /** The method's body with its calls replaced. */
  final String rewritten() {
    StringBuilder text = new StringBuilder();
    String body = method.body();
    int at = 0;
    while (at < body.length()) {
      int end = statementEnd(body, at);
      String statement = body.substring(at, end);
      bind(statement);
      before = new StringBuilder();
      String rewritten = expression(statement);
      if (before.length() > 0) {
        int indent = 0;
        while (statement.charAt(indent) == ' ') {
          indent++;
        }
        String margin = " ".repeat(indent);
        before.toString().lines().forEach(line -> text.append(margin).append(line).append('\n'));
      }
      text.append(rewritten);
      at = end;
    }
    return text.toString();
  }

  /** A statement ends at the first line end outside brackets and strings. */
  private static int statementEnd(String body, int from) {
    int depth = 0;
    for (int i = from; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '"' || c == '\'') {
        i = ScriptParser.stringEnd(body, i);
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      } else if (c == '\n' && depth == 0) {
        return i + 1;
      }
    }
    return body.length();
  }

  /** Remembers that a local name stands for a submodule. */
  private void bind(String statement) {
    Matcher plain = BINDING.matcher(statement);
    Matcher quoted = QUOTED_BINDING.matcher(statement);
    Matcher found = plain.matches() ? plain : quoted.matches() ? quoted : null;
    if (found == null) {
      return;
    }
    String parent = found.group(2).equals(method.receiver()) ? "" : modules.get(found.group(2));
    if (parent != null) {
      String child = ScriptParser.unquote(found.group(3));
      String path = parent.isEmpty() ? child : parent + "." + child;
      String earlier = modules.put(found.group(1), path);
      if (earlier != null && !earlier.equals(path)) {
        Set<String> all = shared.computeIfAbsent(found.group(1), name -> new LinkedHashSet<>());
        all.add(earlier);
        all.add(path);
      }
    }
  }

  private Set<String> paths(String receiver) {
    Set<String> several = shared.get(receiver);
    if (several != null) {
      return several;
    }
    String path = modules.get(receiver);
    return path == null ? Set.of() : Set.of(path);
  }

  private String expression(String text) {
    StringBuilder out = new StringBuilder();
    Matcher call = CALL.matcher(text);
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"' || c == '\'') {
        int end = ScriptParser.stringEnd(text, at) + 1;
        out.append(text, at, end);
        at = end;
      } else if (c == '(' && call.region(at, text.length()).lookingAt()) {
        int open = call.end() - 1;
        int close = ScriptParser.closing(text, open);
        String arguments = expression(text.substring(open + 1, close));
        out.append(call(call.group(1), paths(call.group(1)), call.group(2), arguments));
        at = close + 1;
      } else {
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }
}
