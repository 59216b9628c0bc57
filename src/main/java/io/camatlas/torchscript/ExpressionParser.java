package io.camatlas.torchscript;

import io.camatlas.torchscript.ScriptExpression.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the expressions that PyTorch prints: names, literals, calls, lists, no operators. */
final class ExpressionParser {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:\\d+\\.?\\d*(?:[eE][-+]?\\d+)?j?|(?:inf|nan)(?!\\w))");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");

  private final String text;
  private int at;

  private ExpressionParser(String text) {
    this.text = text;
  }

  /**
   * Reads one expression.
   *
   * @throws ArchiveException if it is none, or something follows
   */
  static ScriptExpression parse(String text) {
    ExpressionParser parser = new ExpressionParser(text);
    ScriptExpression read = parser.listed();
    parser.space();
    if (parser.at < text.length()) {
      throw parser.unknown();
    }
    return read;
  }

  /** What may stand alone on a line: an expression, or several with commas, which are a tuple. */
  private ScriptExpression listed() {
    ScriptExpression first = expression();
    if (!next(',')) {
      return first;
    }
    List<Argument> items = new ArrayList<>(List.of(new Argument("", first)));
    do {
      space();
      if (at >= text.length()) {
        break;
      }
      items.add(new Argument("", expression()));
    } while (next(','));
    return new ScriptExpression.Items(items);
  }

  private ScriptExpression expression() {
    ScriptExpression read = atom();
    while (true) {
      if (next('.')) {
        read = new ScriptExpression.Attribute(read, identifier());
      } else if (next('(')) {
        read = new ScriptExpression.Call(read, arguments(')'));
      } else if (next('[')) {
        List<Argument> index = arguments(']');
        read =
            new ScriptExpression.Subscript(
                read, index.size() == 1 ? index.get(0).value() : new ScriptExpression.Items(index));
      } else {
        return read;
      }
    }
  }

  private ScriptExpression atom() {
    space();
    if (at >= text.length()) {
      throw unknown();
    }
    char c = text.charAt(at);
    if (c == '"' || c == '\'') {
      int end = ScriptParser.stringEnd(text, at) + 1;
      String literal = text.substring(at, end);
      at = end;
      return new ScriptExpression.Literal(literal);
    }
    if (next('[')) {
      return new ScriptExpression.Items(arguments(']'));
    }
    if (next('{')) {
      return new ScriptExpression.Items(arguments('}'));
    }
    if (next('(')) {
      int before = at;
      List<Argument> items = arguments(')');
      boolean tuple = items.size() != 1 || text.substring(before, at).matches("(?s).*,\\s*\\)");
      return tuple ? new ScriptExpression.Items(items) : items.get(0).value();
    }
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (number.lookingAt()) {
      at = number.end();
      return new ScriptExpression.Literal(number.group());
    }
    String name = identifier();
    return switch (name) {
      case "True", "False", "None" -> new ScriptExpression.Literal(name);
      default -> new ScriptExpression.Name(name);
    };
  }

  /** Items up to the closing bracket; a name and {@code =}, or a key and {@code :}, may lead. */
  private List<Argument> arguments(char close) {
    List<Argument> items = new ArrayList<>();
    while (!next(close)) {
      ScriptExpression value = expression();
      String name = "";
      if (next('=')) {
        name = value.dotted();
        value = expression();
      } else if (next(':')) {
        name = value instanceof ScriptExpression.Literal literal ? literal.text() : "?";
        value = expression();
      }
      items.add(new Argument(name, value));
      if (!next(',')) {
        if (!next(close)) {
          throw unknown();
        }
        break;
      }
    }
    return items;
  }

  private String identifier() {
    space();
    Matcher found = IDENTIFIER.matcher(text).region(at, text.length());
    if (!found.lookingAt()) {
      throw unknown();
    }
    at = found.end();
    return found.group();
  }

  private boolean next(char wanted) {
    space();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void space() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private ArchiveException unknown() {
    return new ArchiveException("Not understood in the archive's code: " + text.strip());
  }
}
