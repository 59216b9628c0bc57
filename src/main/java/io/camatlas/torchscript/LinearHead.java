package io.camatlas.torchscript;

import io.camatlas.torchscript.Dependence.Kind;
import io.camatlas.torchscript.HeadValue.Contents;
import io.camatlas.torchscript.HeadValue.Group;
import io.camatlas.torchscript.HeadValue.Literal;
import io.camatlas.torchscript.HeadValue.Scalar;
import io.camatlas.torchscript.HeadValue.Tensor;
import io.camatlas.torchscript.ScriptExpression.Argument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proves from an archive's code that scores are an affine function of a layer's output, with
 * coefficients that do not depend on the image, as far as differentiation sees it. Gradients at
 * that layer are then the same for every image and every noisy copy of it.
 *
 * <p>All code that a pass runs is read, before, in and behind the layer, with kinds of values
 * ({@link Dependence}) instead of numbers. What an operation makes of them is on a list; an
 * operation that is on no list ends the proof. So does every change of an object that the pass has
 * not made itself: weights, buffers, constants, attributes. Objects that it has made (tensors and
 * their views, lists, dictionaries) may change; whoever holds them sees it. Networks are taken to
 * be in inference, as CamAtlas runs them.
 *
 * <p>The same reading tells whether images decide which code runs ({@link #choosesByImage}). That
 * is no proof, so it goes on past what it does not understand.
 */
public final class LinearHead {
  private static final int DEEPEST = 200;
  private static final int LOOPS = 60;
  private static final int STEPS = 5_000_000;

  /** Code that runs only sometimes, or several times. */
  private static final Pattern CHOICE = Pattern.compile("(?m)^\\s*(?:if|while|for)\\b");

  private static final Pattern FUNCTION =
      Pattern.compile("^def ([A-Za-z_]\\w*)\\(", Pattern.MULTILINE);
  private static final Pattern TOP_LEVEL = Pattern.compile("^\\S", Pattern.MULTILINE);

  /** Types whose values no one can change. */
  private static final Set<String> PLAIN_TYPES =
      Set.of("int", "float", "bool", "str", "complex", "Device", "Scalar", "number");

  /** Operations of other libraries that change nothing and return something new. */
  private static final Set<String> PURE_ELSEWHERE =
      Set.of(
          "ops.torchvision.deform_conv2d",
          "ops.torchvision.nms",
          "ops.torchvision.roi_align",
          "ops.torchvision.roi_pool");

  /** Local names, and how the code came here. */
  private static final class Frame {
    private final Map<String, HeadValue> locals = new HashMap<>();
    private final HeadMemory.Path path;

    Frame(HeadMemory.Path path) {
      this.path = path;
    }

    Frame copy() {
      Frame copy = new Frame(path);
      copy.locals.putAll(locals);
      return copy;
    }
  }

  /** The code raises an error, so that nothing comes of this pass. */
  private static final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Raised() {
      super("the network raises an error", null, false, false);
    }
  }

  private final TorchScriptArchive archive;
  private final LayerTree tree;
  private final Layer target;
  private final int wanted;
  private final int times;
  private final HeadMemory memory = new HeadMemory();
  private final HeadOperations operations = new HeadOperations(memory);
  private final Map<String, String> functionTexts = new HashMap<>();
  private final Map<String, ScriptMethod> functions = new HashMap<>();
  private final IdentityHashMap<ScriptMethod, List<ScriptStatement>> bodies =
      new IdentityHashMap<>();
  private final IdentityHashMap<ScriptMethod.Parameter, ScriptExpression> defaults =
      new IdentityHashMap<>();

  /** Ways to the places where the layer is called. */
  private final Set<HeadMemory.Path> calls = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Whether the layer itself is running; what it calls of its own is not tapped. */
  private boolean inside;

  /** Whether what is not understood ends nothing, but is a tensor that the image decides about. */
  private final boolean guesses;

  /** Whether the image has decided so far which code runs. */
  private boolean chooses;

  private int depth;
  private int steps;

  /**
   * @param target null to read without a layer in mind; what is not understood is guessed then
   */
  private LinearHead(LayerTree tree, Layer target, int wanted, int times) {
    this.archive = tree.archive();
    this.tree = tree;
    this.target = target;
    this.wanted = wanted;
    this.times = times;
    this.guesses = target == null;
    this.inside = guesses;
    archive
        .sources()
        .forEach(
            (qualifier, text) -> {
              Matcher function = FUNCTION.matcher(text);
              while (function.find()) {
                Matcher next = TOP_LEVEL.matcher(text);
                int end = next.find(function.end()) ? next.start() : text.length();
                functionTexts.put(
                    qualifier + "." + function.group(1), text.substring(function.start(), end));
              }
            });
  }

  /**
   * Looks for a reason why the scores might not be affine in what a layer returns in one of its
   * calls.
   *
   * @param call which call is meant, from 0, in the order in which they end
   * @param calls how often a pass calls the layer, at least 1
   * @return the first thing that is not known to be affine, or empty where all of it is
   */
  public static Optional<String> obstacle(
      LayerTree tree, Layer layer, ModelEntry entry, int call, int calls) {
    try {
      LinearHead head = new LinearHead(tree, layer, call, calls);
      Dependence scores = head.scores(entry).dependence();
      if (calls > 1 && head.calls.size() != calls) {
        return Optional.of(
            "the layer is called %d times, at %d places of the code"
                .formatted(calls, head.calls.size()));
      }
      return switch (scores.kind()) {
        case AFFINE -> Optional.empty();
        case OTHER -> Optional.of(scores.why());
        default -> Optional.of("the scores do not depend on the layer");
      };
    } catch (ArchiveException | Raised e) {
      return Optional.of(e.getMessage());
    } catch (IndexOutOfBoundsException e) {
      return Optional.of("a call whose arguments are not understood");
    }
  }

  /**
   * Whether numbers of the images, and not only their shape, decide which code a pass runs. They
   * then decide once for a whole batch. A choice between going on and raising an error is none.
   *
   * @return false where no such choice is found; beyond operations that are not known, some may be
   *     missed
   */
  public static boolean choosesByImage(LayerTree tree, ModelEntry entry) {
    LinearHead reader = new LinearHead(tree, null, 0, 1);
    try {
      reader.scores(entry);
    } catch (ArchiveException | IndexOutOfBoundsException | Raised e) {
      // What was read before counts.
      return reader.chooses;
    }
    return reader.chooses;
  }

  private HeadValue scores(ModelEntry entry) {
    ScriptMethod method = archive.rootClass().methods().get(entry.method());
    HeadMemory.Path path = new HeadMemory.Path();
    HeadValue images = memory.make(path, tree, Dependence.FREE, false);
    Frame frame = new Frame(path);
    frame.locals.put(
        "camatlas_result",
        run(
            method,
            new HeadValue.Module(tree.root()),
            List.of(images),
            List.of(""),
            path.into(method)));
    return value(
        ExpressionParser.parse(ScoreExpression.of(archive, method.returnType(), entry.output())),
        frame);
  }

  private HeadValue run(
      ScriptMethod method,
      HeadValue self,
      List<HeadValue> arguments,
      List<String> names,
      HeadMemory.Path path) {
    if (++depth > DEEPEST) {
      throw new ArchiveException("methods of the archive call one another too deeply");
    }
    try {
      return run(method, parameters(method, self, arguments, names, path));
    } finally {
      depth--;
    }
  }

  /** The locals that a method starts with. */
  private Frame parameters(
      ScriptMethod method,
      HeadValue self,
      List<HeadValue> arguments,
      List<String> names,
      HeadMemory.Path path) {
    Frame frame = new Frame(path);
    if (self != null) {
      frame.locals.put(method.receiver(), self);
    }
    List<ScriptMethod.Parameter> parameters = method.parameters();
    for (ScriptMethod.Parameter parameter : parameters) {
      if (parameter.hasDefault()) {
        ScriptExpression given =
            defaults.computeIfAbsent(
                parameter,
                p ->
                    ExpressionParser.parse(
                        p.declaration().substring(p.declaration().indexOf('=') + 1)));
        HeadValue value = value(given, frame);
        // Calls may share a list.
        frame.locals.put(
            parameter.name(),
            value instanceof Group group
                ? Group.of(new Contents(false, null, List.of(), group.item(new Scalar(false))))
                : value);
      }
    }
    for (int i = 0; i < arguments.size(); i++) {
      String name = names.get(i).isEmpty() ? parameters.get(i).name() : names.get(i);
      frame.locals.put(name, arguments.get(i));
    }
    return frame;
  }

  private HeadValue run(ScriptMethod method, Frame frame) {
    List<ScriptStatement> statements = bodies.computeIfAbsent(method, this::statements);
    HeadValue returned = Literal.NONE;
    for (int i = 0; i < statements.size(); i++) {
      if (statements.get(i) instanceof ScriptStatement.Return result) {
        if (i < statements.size() - 1) {
          throw new ArchiveException("a method goes on after it has returned");
        }
        returned = used(result.value(), frame);
      } else {
        run(statements.get(i), frame);
      }
    }
    return returned;
  }

  private List<ScriptStatement> statements(ScriptMethod method) {
    try {
      return ScriptStatement.parse(method.body());
    } catch (ArchiveException e) {
      // What cannot be read may choose.
      chooses |= CHOICE.matcher(method.body()).find();
      throw e;
    }
  }

  private void run(List<ScriptStatement> statements, Frame frame) {
    statements.forEach(statement -> run(statement, frame));
  }

  private void run(ScriptStatement statement, Frame frame) {
    if (statement instanceof ScriptStatement.Assign assign) {
      assign(assign, used(assign.value(), frame), frame);
    } else if (statement instanceof ScriptStatement.If branch) {
      run(branch, frame);
    } else if (statement instanceof ScriptStatement.Loop loop) {
      run(loop, frame);
    } else if (statement instanceof ScriptStatement.Store store) {
      if (!guesses) {
        throw new ArchiveException("a module or object keeps something of the pass");
      }
      used(store.value(), frame);
    } else {
      throw new ArchiveException("a method returns from within a branch");
    }
  }

  private void assign(ScriptStatement.Assign assign, HeadValue value, Frame frame) {
    List<String> names = assign.names();
    for (int i = 0; i < names.size(); i++) {
      Literal place = new Literal(String.valueOf(i));
      HeadValue part = value;
      if (assign.unpacked()) {
        part = orGuess(() -> item(value, place), () -> guess(frame, assign));
      }
      frame.locals.put(names.get(i), part);
    }
  }

  /** The value of an expression that is assigned or returned. */
  private HeadValue used(ScriptExpression expression, Frame frame) {
    return orGuess(() -> value(expression, frame), () -> guess(frame, expression));
  }

  /** The value that code chooses by; what is not understood is taken to be the same each time. */
  private HeadValue choice(ScriptExpression expression, Frame frame) {
    return orGuess(() -> value(expression, frame), () -> new Scalar(false));
  }

  private HeadValue orGuess(Supplier<HeadValue> value, Supplier<HeadValue> guess) {
    if (!guesses) {
      return value.get();
    }
    try {
      return value.get();
    } catch (ArchiveException | IndexOutOfBoundsException e) {
      if (steps > STEPS) {
        throw e;
      }
      return guess.get();
    }
  }

  private HeadValue guess(Frame frame, Object expression) {
    return memory.make(frame.path, expression, Dependence.FREE, false);
  }

  private void run(ScriptStatement.If branch, Frame frame) {
    HeadValue condition = choice(branch.condition(), frame);
    if (condition.is("True") || condition.is("False")) {
      run(condition.is("True") ? branch.then() : branch.otherwise(), frame);
      return;
    }
    Frame other = frame.copy();
    boolean byImage = isFree(condition);
    boolean one = ends(byImage, branch.then(), frame);
    boolean two = ends(byImage, branch.otherwise(), other);
    if (!one && !two) {
      throw new Raised();
    }
    if (!one || !two) {
      // Where the code goes on, there was no choice.
      frame.locals.putAll(one ? frame.locals : other.locals);
      return;
    }
    chooses |= byImage;
    Set<String> names = assigned(branch.then());
    names.addAll(assigned(branch.otherwise()));
    merge(frame, other, byImage, names);
  }

  /** Runs code that may not be run, and says whether it ends without an error. */
  private boolean ends(boolean byImage, List<ScriptStatement> statements, Frame frame) {
    try {
      memory.fork(byImage, () -> run(statements, frame));
      return true;
    } catch (Raised e) {
      return false;
    }
  }

  private void run(ScriptStatement.Loop loop, Frame frame) {
    for (int i = 0; i < LOOPS; i++) {
      Frame before = frame.copy();
      long known = memory.changes();
      HeadValue over = choice(loop.over(), frame);
      // Items of a list are as many whatever they are.
      boolean byImage = isFree(over);
      chooses |= over instanceof Group group ? group.hasFreeLength() : byImage;
      if (!loop.name().isEmpty()) {
        boolean items = over instanceof Group;
        frame.locals.put(loop.name(), items ? item(over, new Scalar(false)) : new Scalar(byImage));
      }
      if (!ends(byImage, loop.body(), frame)) {
        // It is never run.
        frame.locals.clear();
        frame.locals.putAll(before.locals);
        return;
      }
      merge(frame, before, byImage, assigned(loop.body()));
      if (known == memory.changes() && frame.locals.equals(before.locals)) {
        return;
      }
    }
    throw new ArchiveException("a loop of the archive's code is not understood");
  }

  private static boolean isFree(HeadValue condition) {
    return condition.dependence().atLeast(Kind.FREE) || condition.hasFreeForm();
  }

  /**
   * Joins two frames after code that a condition decided about.
   *
   * @param names that the code assigns
   */
  private static void merge(Frame frame, Frame other, boolean byImage, Set<String> names) {
    for (String name : names) {
      HeadValue one = frame.locals.get(name);
      HeadValue two = other.locals.get(name);
      HeadValue known = one == null ? two : two == null ? one : one.join(two);
      if (known != null) {
        frame.locals.put(name, byImage ? known.chosen() : known);
      }
    }
  }

  /** The local names that statements assign. */
  private static Set<String> assigned(List<ScriptStatement> statements) {
    Set<String> names = new HashSet<>();
    for (ScriptStatement statement : statements) {
      if (statement instanceof ScriptStatement.Assign assign) {
        names.addAll(assign.names());
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

  /** Reads an expression; what is no value, as a type, is blurred. */
  private HeadValue value(ScriptExpression expression, Frame frame) {
    if (++steps > STEPS) {
      throw new ArchiveException("the archive's code takes too long to read");
    }
    if (expression instanceof ScriptExpression.Literal literal) {
      return new Literal(literal.text());
    }
    if (expression instanceof ScriptExpression.Name name) {
      HeadValue local = frame.locals.get(name.text());
      // Names of types are all that is not local.
      return local != null ? local : new HeadValue.Blurred();
    }
    if (expression instanceof ScriptExpression.Items items) {
      List<HeadValue> parts = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (Argument item : items.items()) {
        if (item.name().equals("?")) {
          throw new ArchiveException("a dictionary whose keys are computed");
        }
        parts.add(value(item.value(), frame));
        keys.add(item.name());
      }
      return memory.group(frame.path, expression, parts, keys);
    }
    if (expression instanceof ScriptExpression.Attribute attribute) {
      String dotted = globalName(expression, frame);
      if (dotted.startsWith("CONSTANTS.")) {
        return memory.keptTensor(dotted);
      }
      if (!dotted.isEmpty()) {
        return functionTexts.containsKey(dotted) ? new Literal(dotted) : new HeadValue.Blurred();
      }
      return attribute(value(attribute.of(), frame), attribute.name());
    }
    if (expression instanceof ScriptExpression.Subscript subscript) {
      if (!globalName(subscript.of(), frame).isEmpty()) {
        return new HeadValue.Blurred();
      }
      return item(value(subscript.of(), frame), value(subscript.index(), frame));
    }
    return call((ScriptExpression.Call) expression, frame);
  }

  /** The dotted name that an expression is, unless it starts with a local one; empty if none. */
  private static String globalName(ScriptExpression expression, Frame frame) {
    String dotted = expression.dotted();
    String first = dotted.isEmpty() ? "" : dotted.split("\\.", 2)[0];
    return frame.locals.containsKey(first) ? "" : dotted;
  }

  private HeadValue attribute(HeadValue of, String name) {
    if (of instanceof Group group) {
      return group.field(name);
    }
    if (!(of instanceof HeadValue.Module module)) {
      throw new ArchiveException("an attribute " + name + " that is not understood");
    }
    for (Layer child : module.layer().children()) {
      if (child.name().equals(name)) {
        return new HeadValue.Module(child);
      }
    }
    String type = tree.classOf(module.layer()).attributes().getOrDefault(name, "");
    return name.equals("training")
        ? new Literal("False")
        : kept(module.layer().id() + "." + name, type);
  }

  /** What a module keeps, from its type. */
  private HeadValue kept(String name, String type) {
    if (type.equals("Tensor")) {
      return memory.keptTensor(name);
    }
    if (type.equals("NoneType")) {
      return Literal.NONE;
    }
    if (PLAIN_TYPES.contains(type)) {
      return new Scalar(false);
    }
    int open = type.indexOf('[');
    if (open < 0) {
      return new HeadValue.Blurred();
    }
    List<String> inner = ScriptParser.splitTopLevel(type.substring(open + 1, type.length() - 1));
    HeadValue any = null;
    for (String part : inner) {
      HeadValue one = kept(name + "[]", part);
      any = any == null ? one : any.join(one);
    }
    return switch (type.substring(0, open)) {
      case "Optional", "Final" -> any;
      case "List", "Tuple" -> memory.keptGroup(name, any);
      case "Dict" -> memory.keptGroup(name, kept(name + "[]", inner.get(1)));
      default -> new HeadValue.Blurred();
    };
  }

  private static HeadValue item(HeadValue of, HeadValue index) {
    if (of instanceof Group group) {
      return group.item(index);
    }
    if (of instanceof Tensor tensor) {
      // One of several that an operation returned.
      return tensor.view(isFree(index), false);
    }
    throw new ArchiveException("an item of a value that is not understood");
  }

  private HeadValue call(ScriptExpression.Call call, Frame frame) {
    String global = globalName(call.target(), frame);
    boolean method = call.target() instanceof ScriptExpression.Attribute && global.isEmpty();
    HeadValue of =
        method
            ? value(((ScriptExpression.Attribute) call.target()).of(), frame)
            : global.isEmpty() ? value(call.target(), frame) : new Literal(global);
    List<HeadValue> arguments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Argument argument : call.arguments()) {
      arguments.add(value(argument.value(), frame));
      names.add(argument.name());
    }
    if (method) {
      String name = ((ScriptExpression.Attribute) call.target()).name();
      return method(of, name, arguments, names, frame, call);
    }
    if (!(of instanceof Literal function)) {
      throw new ArchiveException("a call that is not understood");
    }
    return function(function.text(), arguments, names, frame, call);
  }

  private HeadValue method(
      HeadValue of,
      String name,
      List<HeadValue> arguments,
      List<String> names,
      Frame frame,
      ScriptExpression call) {
    ScriptMethod method =
        of instanceof HeadValue.Module module
            ? tree.classOf(module.layer()).methods().get(name)
            : null;
    if (method == null) {
      throw new ArchiveException("a method " + name + " of something other than a module");
    }
    HeadMemory.Path path = frame.path.into(call);
    if (inside || ((HeadValue.Module) of).layer().id() != target.id()) {
      return run(method, of, arguments, names, path);
    }
    inside = true;
    HeadValue returned;
    try {
      returned = run(method, of, arguments, names, path);
    } finally {
      inside = false;
    }
    boolean isNew = calls.add(path);
    if (times == 1) {
      if (isNew && calls.size() > 1) {
        throw new ArchiveException("the layer is called at several places");
      }
    } else if (!isNew || memory.isForked()) {
      // Else places are passed once each, in this order.
      throw new ArchiveException("the layer is called " + times + " times, in a loop or a branch");
    } else if (calls.size() != wanted + 1) {
      return returned;
    }
    // The probe puts a tensor of its own in the place of the layer's output.
    return memory.make(frame.path, call, Dependence.AFFINE, returned.hasFreeForm());
  }

  private HeadValue function(
      String name,
      List<HeadValue> arguments,
      List<String> names,
      Frame frame,
      ScriptExpression call) {
    switch (name) {
      case "annotate", "unchecked_cast" -> {
        return arguments.get(1);
      }
      case "uninitialized", "print" -> {
        return Literal.NONE;
      }
      case "ops.prim.RaiseException" -> throw new Raised();
      case "ops.prim.unchecked_unwrap_optional" -> {
        return arguments.get(0);
      }
      case "getattr" -> {
        String quoted = arguments.get(1) instanceof Literal literal ? literal.text() : "\"\"";
        return attribute(
            arguments.get(0), ScriptParser.unquote(quoted.substring(1, quoted.length() - 1)));
      }
      case "isinstance" -> {
        return new Scalar(arguments.get(0).hasFreeForm());
      }
      case "int", "float", "bool", "complex", "str", "range" -> {
        return new Scalar(arguments.stream().anyMatch(LinearHead::isFree));
      }
      case "ops.prim.NumToTensor" -> {
        return memory.make(frame.path, call, arguments.get(0).dependence(), false);
      }
      case "ops.prim.tolist" -> {
        boolean free = isFree(arguments.get(0));
        return memory.list(frame.path, call, new Scalar(free), arguments.get(0).hasFreeForm());
      }
      case "sorted" -> {
        return operations.apply(name, arguments, names, frame.path, call);
      }
      case "ops.prim.data" -> {
        return operations.apply("detach", arguments, names, frame.path, call);
      }
      default -> {
        return library(name, arguments, names, frame, call);
      }
    }
  }

  private HeadValue library(
      String name,
      List<HeadValue> arguments,
      List<String> names,
      Frame frame,
      ScriptExpression call) {
    if (name.startsWith("torch.")) {
      return operations.apply(name.substring(6), arguments, names, frame.path, call);
    }
    if (name.startsWith("ops.prim.")) {
      return operations.apply(name.substring(9), arguments, names, frame.path, call);
    }
    if (PURE_ELSEWHERE.contains(name)) {
      return operations.pure(name, arguments, frame.path, call);
    }
    if (functionTexts.containsKey(name)) {
      ScriptMethod function =
          functions.computeIfAbsent(name, n -> ScriptParser.function(functionTexts.get(n)));
      return run(function, null, arguments, names, frame.path.into(call));
    }
    Optional<ScriptClass> type = archive.type(name);
    if (type.isPresent() && type.get().base().equals("NamedTuple")) {
      List<String> fields = List.copyOf(type.get().attributes().keySet());
      return memory.group(frame.path, call, arguments, fields.subList(0, arguments.size()));
    }
    throw new ArchiveException(name + " is not known to change nothing");
  }
}
