package io.camatlas.torchscript;

import java.util.List;

/** An expression of an archive's code. */
sealed interface ScriptExpression {
  /** A local name, or the first part of a dotted one. */
  record Name(String text) implements ScriptExpression {}

  /** A number, a string with its quotes, {@code True}, {@code False} or {@code None}. */
  record Literal(String text) implements ScriptExpression {}

  record Attribute(ScriptExpression of, String name) implements ScriptExpression {}

  /** An argument; {@code name} is empty where it is positional. */
  record Argument(String name, ScriptExpression value) {}

  record Call(ScriptExpression target, List<Argument> arguments) implements ScriptExpression {}

  record Subscript(ScriptExpression of, ScriptExpression index) implements ScriptExpression {}

  /** A list, a tuple, or a dictionary, whose keys are then the items' names. */
  record Items(List<Argument> items) implements ScriptExpression {}

  /** The dotted name that the expression is, as {@code torch.add}; empty if it is no such name. */
  default String dotted() {
    if (this instanceof Name name) {
      return name.text();
    }
    if (this instanceof Attribute attribute) {
      String of = attribute.of().dotted();
      return of.isEmpty() ? "" : of + "." + attribute.name();
    }
    return "";
  }
}
