package io.camatlas.torchscript;

import io.camatlas.torchscript.ScriptExpression.Argument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proves from an archive's code that scores are an affine function of a layer's output, with
 * coefficients that do not depend on the image. Gradients at that layer are then the same for every
 * image and every noisy copy of it.
 *
 * <p>The code is run over kinds of values instead of numbers: fixed (weights, sizes, constants),
 * free (depends on the image, not on the layer), linear (affine in the layer's output, coefficients
 * fixed), and everything else. What an operation makes of a linear value is on a list; what is not
 * on the list makes something else of it. Networks are taken to be in inference, as CamAtlas runs
 * them.
 */
public final class LinearHead {
  private static final int DEEPEST = 200;
  private static final int LOOPS = 6;

  /** Stands for what a method returns among the names of its locals. */
  private static final String RETURN = "return";

  /** Affine in their first argument, where the others are fixed. */
  private static final Set<String> RESHAPING =
      Set.of(
          ("mean sum flatten view reshape permute transpose transpose_ squeeze squeeze_ unsqueeze"
                  + " unsqueeze_ contiguous t t_ select slice narrow chunk split unbind expand"
                  + " expand_as repeat clone alias neg to avg_pool1d avg_pool2d adaptive_avg_pool1d"
                  + " adaptive_avg_pool2d constant_pad_nd movedim swapaxes flip roll")
              .split(" "));

  private static final Set<String> DROPOUT =
      Set.of("dropout", "dropout_", "feature_dropout", "feature_dropout_");

  /** Affine in all that is added; what follows the two are factors. */
  private static final Set<String> ADDING = Set.of("add", "add_", "sub", "sub_", "rsub");

  private static final Set<String> MULTIPLYING = Set.of("mul", "mul_", "matmul", "mm", "bmm");

  /** Affine in the first argument; weights follow. */
  private static final Set<String> WEIGHING =
      Set.of("linear", "conv1d", "conv2d", "_convolution", "convolution");

  /** Give tensors whose form depends on the image. */
  private static final Set<String> DATA_SHAPED =
      Set.of(
          "nonzero nonzero_numpy masked_select unique _unique _unique2 unique_consecutive index"
              .split(" "));

  /** Tell of a tensor's form only, which is the same for all images. */
  private static final Set<String> FORM =
      Set.of(
          "size sym_size dim numel len is_floating_point is_complex dtype device layout shape"
              .split(" "));

  private static final Pattern STORED =
      Pattern.compile("^ +\\w+(?:\\.\\w+)*\\.(\\w+) = ", Pattern.MULTILINE);
  private static final Pattern FUNCTION =
      Pattern.compile("^def ([A-Za-z_]\\w*)\\(", Pattern.MULTILINE);
  private static final Pattern TOP_LEVEL = Pattern.compile("^\\S", Pattern.MULTILINE);

  private enum Kind {
    FIXED,
    FREE,
    LINEAR,
    OTHER
  }

  /**
   * What is known of a value.
   *
   * @param kind of it, or the worst of its parts'
   * @param layer the module that it is, or null
   * @param function name of the function that it is, or text of the literal, or null
   * @param parts of a list, tuple or dictionary, or null
   * @param names of the parts, empty where they have none
   * @param why it is {@link Kind#OTHER}
   */
  private record Value(
      Kind kind, Layer layer, String function, List<Value> parts, List<String> names, String why) {
    static final Value FIXED = of(Kind.FIXED);
    static final Value LINEAR = of(Kind.LINEAR);

    static Value of(Kind kind) {
      return new Value(kind, null, null, null, List.of(), "");
    }

    static Value other(String why) {
      return new Value(Kind.OTHER, null, null, null, List.of(), why);
    }

    static Value module(Layer layer) {
      return new Value(Kind.FIXED, layer, null, null, List.of(), "");
    }

    static Value named(String function) {
      return new Value(Kind.FIXED, null, function, null, List.of(), "");
    }

    static Value all(List<Value> parts, List<String> names) {
      Value worst = FIXED;
      for (Value part : parts) {
        worst = worst.join(part);
      }
      return new Value(worst.kind, null, null, List.copyOf(parts), names, worst.why);
    }

    boolean reaches(Kind least) {
      return kind.compareTo(least) >= 0;
    }

    /** What it may be where it is one of two. */
    Value join(Value that) {
      if (equals(that)) {
        return this;
      }
      if (parts != null && that.parts != null && parts.size() == that.parts.size()) {
        List<Value> joined = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
          joined.add(parts.get(i).join(that.parts.get(i)));
        }
        return all(joined, names);
      }
      Value worse = kind.compareTo(that.kind) >= 0 ? this : that;
      return new Value(worse.kind, null, null, null, List.of(), worse.why);
    }

    /** The same without what it consists of. */
    Value plain() {
      return new Value(kind, null, null, null, List.of(), why);
    }

    boolean is(String literal) {
      return literal.equals(function);
    }
  }

  /** Local names, and what has been returned so far. */
  private static final class Frame {
    private final Map<String, Value> locals = new HashMap<>();
    private Value returned;

    Frame copy() {
      Frame copy = new Frame();
      copy.locals.putAll(locals);
      copy.returned = returned;
      return copy;
    }
  }

  private final TorchScriptArchive archive;
  private final LayerTree tree;
  private final Layer target;

  /** Names of attributes that some code assigns; they may hold what comes from the image. */
  private final Set<String> stored = new HashSet<>();

  private final Map<String, ScriptMethod> functions = new HashMap<>();
  private int depth;

  /** The worst of the conditions that decide whether the current statement runs. */
  private Kind decidedBy = Kind.FIXED;

  /** Something was changed in its place so that other names of it changed too. */
  private Value changed;

  private LinearHead(LayerTree tree, Layer target) {
    this.archive = tree.archive();
    this.tree = tree;
    this.target = target;
    archive
        .sources()
        .forEach(
            (qualifier, text) -> {
              Matcher store = STORED.matcher(text);
              while (store.find()) {
                stored.add(store.group(1));
              }
              Matcher function = FUNCTION.matcher(text);
              while (function.find()) {
                Matcher next = TOP_LEVEL.matcher(text);
                int end = next.find(function.end()) ? next.start() : text.length();
                functions.put(
                    qualifier + "." + function.group(1),
                    ScriptParser.function(text.substring(function.start(), end)));
              }
            });
  }

  /**
   * Looks for a reason why the scores might not be affine in a layer's output.
   *
   * @param layer a layer that is called once in a pass
   * @return the first thing that is not known to be affine, or empty where all of it is
   */
  public static Optional<String> obstacle(LayerTree tree, Layer layer, ModelEntry entry) {
    try {
      LinearHead head = new LinearHead(tree, layer);
      Value scores = head.scores(entry);
      if (head.changed != null) {
        scores = scores.join(head.changed);
      }
      return switch (scores.kind) {
        case LINEAR -> Optional.empty();
        case OTHER -> Optional.of(scores.why);
        default -> Optional.of("the scores do not depend on the layer");
      };
    } catch (ArchiveException e) {
      return Optional.of(e.getMessage());
    } catch (IndexOutOfBoundsException e) {
      return Optional.of("a call whose arguments are not understood");
    }
  }

  private Value scores(ModelEntry entry) {
    ScriptMethod method = archive.rootClass().methods().get(entry.method());
    List<Value> images = List.of(Value.of(Kind.FREE));
    Frame frame = new Frame();
    frame.locals.put(
        "camatlas_result", run(method, Value.module(tree.root()), images, List.of("")));
    return value(
        ExpressionParser.parse(ScoreExpression.of(archive, method.returnType(), entry.output())),
        frame);
  }

  private Value run(ScriptMethod method, Value self, List<Value> arguments, List<String> names) {
    if (++depth > DEEPEST) {
      throw new ArchiveException("methods of the archive call one another too deeply");
    }
    Frame frame = new Frame();
    if (self != null) {
      frame.locals.put(method.receiver(), self);
    }
    List<ScriptMethod.Parameter> parameters = method.parameters();
    for (ScriptMethod.Parameter parameter : parameters) {
      int equals = parameter.declaration().indexOf('=');
      if (equals >= 0) {
        String given = parameter.declaration().substring(equals + 1);
        frame.locals.put(parameter.name(), value(ExpressionParser.parse(given), frame));
      }
    }
    for (int i = 0; i < arguments.size(); i++) {
      String name = names.get(i).isEmpty() ? parameters.get(i).name() : names.get(i);
      frame.locals.put(name, arguments.get(i));
    }
    run(ScriptStatement.parse(method.body()), frame);
    depth--;
    return frame.returned == null ? Value.FIXED : frame.returned;
  }

  private void run(List<ScriptStatement> statements, Frame frame) {
    for (ScriptStatement statement : statements) {
      if (statement instanceof ScriptStatement.Assign assign) {
        assign(assign.names(), value(assign.value(), frame), frame);
      } else if (statement instanceof ScriptStatement.Store store) {
        if (value(store.value(), frame).reaches(Kind.LINEAR)
            || decidedBy.compareTo(Kind.FREE) > 0) {
          changed = Value.other("the layer's output is stored");
        }
      } else if (statement instanceof ScriptStatement.Return result) {
        Value value = value(result.value(), frame);
        frame.returned = frame.returned == null ? value : frame.returned.join(value);
      } else if (statement instanceof ScriptStatement.If branch) {
        run(branch, frame);
      } else if (statement instanceof ScriptStatement.Loop loop) {
        run(loop, frame);
      }
    }
  }

  private static void assign(List<String> names, Value value, Frame frame) {
    for (int i = 0; i < names.size(); i++) {
      boolean fits = names.size() > 1 && value.parts != null && value.parts.size() == names.size();
      Value part = names.size() == 1 ? value : fits ? value.parts.get(i) : value.plain();
      frame.locals.put(names.get(i), part);
    }
  }

  private void run(ScriptStatement.If branch, Frame frame) {
    Value condition = value(branch.condition(), frame);
    if (condition.is("True") || condition.is("False")) {
      run(condition.is("True") ? branch.then() : branch.otherwise(), frame);
      return;
    }
    Frame other = frame.copy();
    Kind before = decidedBy;
    decidedBy = condition.kind.compareTo(before) > 0 ? condition.kind : before;
    run(branch.then(), frame);
    run(branch.otherwise(), other);
    decidedBy = before;
    Set<String> names = assigned(branch.then());
    names.addAll(assigned(branch.otherwise()));
    merge(frame, other, condition, names);
  }

  private void run(ScriptStatement.Loop loop, Frame frame) {
    for (int i = 0; i < LOOPS; i++) {
      Frame before = frame.copy();
      Value over = value(loop.over(), frame);
      if (!loop.name().isEmpty()) {
        frame.locals.put(loop.name(), over.plain());
      }
      Kind outside = decidedBy;
      decidedBy = over.kind.compareTo(outside) > 0 ? over.kind : outside;
      run(loop.body(), frame);
      decidedBy = outside;
      merge(frame, before, over, assigned(loop.body()));
      if (frame.locals.equals(before.locals)) {
        return;
      }
    }
    throw new ArchiveException("a loop of the archive's code is not understood");
  }

  /**
   * Joins two frames after code that a condition decided about.
   *
   * @param names that the code assigns
   */
  private static void merge(Frame frame, Frame other, Value condition, Set<String> names) {
    for (String name : names) {
      Value one = frame.locals.get(name);
      Value two = other.locals.get(name);
      Value known = one == null ? two : one;
      if (known != null) {
        frame.locals.put(name, decided(known.join(two == null ? known : two), condition));
      }
    }
    if (names.contains(RETURN)) {
      Value one = frame.returned == null ? other.returned : frame.returned;
      Value two = other.returned == null ? one : other.returned;
      frame.returned = one == null ? null : decided(one.join(two), condition);
    }
  }

  /** What a value becomes where a condition has decided between two of its kind. */
  private static Value decided(Value value, Value condition) {
    if (condition.reaches(Kind.LINEAR)
        || (condition.reaches(Kind.FREE) && value.reaches(Kind.LINEAR))) {
      return Value.other("a condition depends on the image");
    }
    return condition.reaches(Kind.FREE) ? Value.of(Kind.FREE) : value;
  }

  /** The local names that statements assign, and {@link #RETURN} where they return. */
  private static Set<String> assigned(List<ScriptStatement> statements) {
    Set<String> names = new HashSet<>();
    for (ScriptStatement statement : statements) {
      if (statement instanceof ScriptStatement.Assign assign) {
        names.addAll(assign.names());
      } else if (statement instanceof ScriptStatement.Return) {
        names.add(RETURN);
      } else if (statement instanceof ScriptStatement.If branch) {
        names.addAll(assigned(branch.then()));
        names.addAll(assigned(branch.otherwise()));
      } else if (statement instanceof ScriptStatement.Loop loop) {
        names.add(loop.name());
        names.addAll(assigned(loop.body()));
      }
    }
    return names;
  }

  private Value value(ScriptExpression expression, Frame frame) {
    if (expression instanceof ScriptExpression.Literal literal) {
      return Value.named(literal.text());
    }
    if (expression instanceof ScriptExpression.Name name) {
      Value local = frame.locals.get(name.text());
      // Names of types and of constants are all that is not local.
      return local != null ? local : Value.named(name.text());
    }
    if (expression instanceof ScriptExpression.Items items) {
      return Value.all(
          items.items().stream().map(item -> value(item.value(), frame)).toList(),
          items.items().stream().map(Argument::name).toList());
    }
    if (expression instanceof ScriptExpression.Attribute attribute) {
      String dotted = expression.dotted();
      String first = dotted.isEmpty() ? "" : dotted.substring(0, dotted.indexOf('.'));
      if (!dotted.isEmpty() && !frame.locals.containsKey(first)) {
        return Value.named(dotted);
      }
      return attribute(value(attribute.of(), frame), attribute.name());
    }
    if (expression instanceof ScriptExpression.Subscript subscript) {
      return item(value(subscript.of(), frame), value(subscript.index(), frame));
    }
    return call((ScriptExpression.Call) expression, frame);
  }

  private Value attribute(Value of, String name) {
    if (of.layer != null) {
      for (Layer child : of.layer.children()) {
        if (child.name().equals(name)) {
          return Value.module(child);
        }
      }
      return name.equals("training")
          ? Value.named("False")
          : Value.of(stored.contains(name) ? Kind.FREE : Kind.FIXED);
    }
    int at = of.names.indexOf(name);
    if (of.parts != null && at >= 0) {
      return of.parts.get(at);
    }
    return of.plain();
  }

  private static Value item(Value of, Value index) {
    if (of.parts != null && index.function != null) {
      int named = of.names.indexOf(index.function);
      if (named >= 0) {
        return of.parts.get(named);
      }
      if (index.function.matches("-?\\d{1,6}")) {
        int at = Integer.parseInt(index.function);
        at = at < 0 ? at + of.parts.size() : at;
        if (at >= 0 && at < of.parts.size()) {
          return of.parts.get(at);
        }
      }
    }
    if (index.reaches(Kind.FREE) && of.reaches(Kind.LINEAR)) {
      return Value.other("an index depends on the image");
    }
    return of.plain();
  }

  private Value call(ScriptExpression.Call call, Frame frame) {
    List<Value> arguments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Argument argument : call.arguments()) {
      arguments.add(value(argument.value(), frame));
      names.add(argument.name());
    }
    if (call.target() instanceof ScriptExpression.Attribute method) {
      String dotted = call.target().dotted();
      String first = dotted.isEmpty() ? "" : dotted.substring(0, dotted.indexOf('.'));
      if (dotted.isEmpty() || frame.locals.containsKey(first)) {
        return method(value(method.of(), frame), method.name(), arguments, names);
      }
    }
    Value function = value(call.target(), frame);
    if (function.function == null) {
      return unknown("a call that is not understood", arguments);
    }
    return function(function.function, arguments, names);
  }

  private Value method(Value of, String name, List<Value> arguments, List<String> names) {
    if (of.layer == null) {
      return unknown("a method " + name, arguments);
    }
    if (of.layer.id() == target.id()) {
      return Value.LINEAR;
    }
    boolean leads = of.layer.walk().anyMatch(layer -> layer.id() == target.id());
    if (!leads && !worst(arguments).reaches(Kind.LINEAR)) {
      // It may remember images.
      return worst(arguments).join(Value.of(Kind.FREE)).plain();
    }
    ScriptMethod method = tree.classOf(of.layer).methods().get(name);
    return method == null
        ? unknown("a method " + name, arguments)
        : run(method, of, arguments, names);
  }

  private Value function(String name, List<Value> arguments, List<String> names) {
    if (name.equals("annotate") || name.equals("unchecked_cast")) {
      return arguments.get(1);
    }
    if (name.equals("uninitialized")) {
      return Value.FIXED;
    }
    if (name.equals("getattr")) {
      String quoted = String.valueOf(arguments.get(1).function);
      return attribute(
          arguments.get(0), ScriptParser.unquote(quoted.substring(1, quoted.length() - 1)));
    }
    if (name.startsWith("torch.")) {
      return operation(name.substring(6), arguments, names);
    }
    if (name.startsWith("__torch__.")) {
      ScriptMethod function = functions.get(name);
      if (function != null) {
        return run(function, null, arguments, names);
      }
      Optional<ScriptClass> type = archive.type(name);
      if (type.isPresent() && type.get().base().equals("NamedTuple")) {
        return Value.all(arguments, List.copyOf(type.get().attributes().keySet()));
      }
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    return FORM.contains(last) ? Value.FIXED : unknown(name, arguments);
  }

  /** What one of PyTorch's operations makes of its arguments. */
  private Value operation(String name, List<Value> arguments, List<String> names) {
    Value worst = worst(arguments);
    if (FORM.contains(name)) {
      return Value.FIXED;
    }
    boolean inPlace =
        (name.endsWith("_") && !name.endsWith("__"))
            || names.contains("out")
            || name.equals("append")
            || name.equals("_set_item");
    if (inPlace
        && decidedBy != Kind.FIXED
        && !(decidedBy == Kind.FREE && arguments.get(0).kind == Kind.FREE)) {
      changed = Value.other("torch." + name + " where a condition depends on the image");
    }
    if (DATA_SHAPED.contains(name) && worst.reaches(Kind.FREE)) {
      changed = Value.other("torch." + name);
    }
    if (worst.kind != Kind.LINEAR) {
      if (inPlace && worst.kind == Kind.FREE && !arguments.get(0).reaches(Kind.FREE)) {
        changed = Value.other("torch." + name + " of what should be fixed");
      }
      return worst;
    }
    Value first = arguments.get(0);
    Value result = linear(name, arguments) ? Value.LINEAR : Value.other("torch." + name);
    if (name.equals("values") && first.parts != null) {
      return new Value(first.kind, null, null, first.parts, List.of(), "");
    }
    if (inPlace && (result.kind == Kind.OTHER || !first.reaches(Kind.LINEAR))) {
      changed = Value.other("torch." + name);
    }
    return result;
  }

  private static boolean linear(String name, List<Value> arguments) {
    Value first = arguments.get(0);
    if (RESHAPING.contains(name) || WEIGHING.contains(name)) {
      return first.kind == Kind.LINEAR && fixed(arguments.subList(1, arguments.size()));
    }
    if (DROPOUT.contains(name)) {
      return first.kind == Kind.LINEAR && arguments.size() == 3 && arguments.get(2).is("False");
    }
    if (ADDING.contains(name)) {
      return fixed(arguments.subList(Math.min(2, arguments.size()), arguments.size()));
    }
    if (MULTIPLYING.contains(name)) {
      return arguments.size() == 2
          && (first.kind == Kind.FIXED || arguments.get(1).kind == Kind.FIXED);
    }
    return switch (name) {
      case "div", "div_" ->
          arguments.size() == 2 && first.kind == Kind.LINEAR && fixed(arguments.subList(1, 2));
      // Bias, input, weights; then factors.
      case "addmm" ->
          arguments.size() >= 3
              && arguments.get(2).kind == Kind.FIXED
              && fixed(arguments.subList(3, arguments.size()));
      case "cat", "concat", "stack" -> fixed(arguments.subList(1, arguments.size()));
      // Input, weight, bias, mean, variance, training, …
      case "batch_norm" ->
          arguments.size() > 5
              && first.kind == Kind.LINEAR
              && arguments.get(5).is("False")
              && fixed(arguments.subList(1, arguments.size()));
      default -> false;
    };
  }

  private static boolean fixed(List<Value> values) {
    return values.stream().allMatch(value -> value.kind == Kind.FIXED);
  }

  private static Value worst(List<Value> values) {
    return Value.all(values, List.of()).plain();
  }

  private Value unknown(String what, List<Value> arguments) {
    Value worst = worst(arguments);
    if (worst.kind == Kind.LINEAR) {
      changed = Value.other(what);
      return changed;
    }
    return worst;
  }
}
