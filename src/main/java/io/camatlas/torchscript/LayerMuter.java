package io.camatlas.torchscript;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes archives in which part of a layer's output is taken out for good. Only code changes;
 * weights and everything else are copied byte for byte, and the result is an ordinary TorchScript
 * file.
 *
 * <p>The root's methods call twins of the methods that lead to the layer, and the layer's own twin
 * calls the layer and takes the part out of what it returned. Twins are added to their classes, so
 * that other modules of the same class stay as they were, and an archive may be muted again.
 */
public final class LayerMuter {
  private static final String TWIN = "camatlas_muted";

  /** Also of an archive that is muted already, and of one that calls a layer in several ways. */
  private static final Pattern FORWARD = Pattern.compile("(" + TWIN + "\\d+_)*forward");

  private static final Pattern DECLARED =
      Pattern.compile("^\\s*(\\w+) : (__torch__\\.[\\w.]+) = ", Pattern.MULTILINE);

  private final TorchScriptArchive archive;
  private final LayerTree tree;
  private final Layer target;
  private final Muting muting;
  private final boolean isLast;
  private final String twin;

  /** Added methods by class and by the name of the method they stand for. */
  private final Map<String, Map<String, String>> twins = new LinkedHashMap<>();

  /** What the target's methods return where that is no tensor. */
  private final Map<String, String> untappable = new HashMap<>();

  /** Methods whose twins are being made: one that reached itself would not end anyway. */
  private final Set<String> begun = new HashSet<>();

  private boolean ambiguous;

  private LayerMuter(LayerTree tree, Layer target, Muting muting, boolean isLast) {
    this.isLast = isLast;
    this.tree = tree;
    this.archive = tree.archive();
    this.target = target;
    this.muting = muting;
    int number = 1;
    while (isTaken(TWIN + number + "_")) {
      number++;
    }
    this.twin = TWIN + number + "_";
  }

  private boolean isTaken(String prefix) {
    return archive.sources().values().stream().anyMatch(text -> text.contains(prefix));
  }

  /**
   * Writes a muted copy of an archive. All calls of the layer are muted, whichever of the network's
   * methods leads to them.
   *
   * @param tree the archive's layers
   * @param target the layer
   * @param muting what is taken out of its output
   * @param isLast whether feature maps are the last dimension of its output; otherwise it is {@code
   *     [N,K,h,w]}
   * @param out the file to write, replaced if it is there
   * @throws ArchiveException if the layer is never called, has a hook, returns no tensor, or cannot
   *     be told from another layer where it is called; nothing is written then
   */
  public static void write(LayerTree tree, Layer target, Muting muting, boolean isLast, Path out)
      throws IOException {
    new LayerMuter(tree, target, muting, isLast).write(out);
  }

  private void write(Path out) throws IOException {
    if (tree.classOf(target).hooked()) {
      throw refused("has a forward hook, which may change its output after the layer itself");
    }
    ScriptClass root = archive.rootClass();
    Map<ScriptMethod, String> bodies = new LinkedHashMap<>();
    for (ScriptMethod method : root.methods().values()) {
      Body body = new Body(root, "", method);
      String text = body.rewritten();
      if (body.reaches) {
        bodies.put(method, text);
      }
    }
    if (ambiguous) {
      throw refused("is called by a line of code that calls another layer for other images");
    }
    if (!untappable.isEmpty()) {
      throw refused("returns " + untappable.values().iterator().next() + ", not a tensor");
    }
    if (bodies.isEmpty()) {
      throw refused("is never called by a forward method, or its call was inlined");
    }
    Map<String, String> changed = changedSources(root, bodies);
    requireNoOtherCalls();
    archive.writeTo(out, changed);
  }

  /**
   * Refuses calls of the layer that are not muted, as nothing says which module is called there.
   */
  private void requireNoOtherCalls() {
    Set<String> onTheWay = new HashSet<>();
    for (Layer layer = target; ; layer = tree.find(parent(layer.path()))) {
      onTheWay.add(tree.classOf(layer).qualifiedName());
      if (parent(layer.path()).isEmpty()) {
        break;
      }
    }
    for (ScriptClass type : archive.types()) {
      for (ScriptMethod method : type.methods().values()) {
        new OtherCalls(method, onTheWay).rewritten();
      }
    }
    // A hook, for one, is a method that the code calls without naming the module.
    for (String path = parent(target.path()); !path.isEmpty(); path = parent(path)) {
      ScriptClass type = tree.classOf(tree.find(path));
      for (ScriptMethod method : type.methods().values()) {
        Body body = new Body(type, path, method);
        if (isCalledByItsClass(type, method) && !body.rewritten().isEmpty() && body.reaches) {
          throw refused(
              "is also called by %s of '%s', which the network does not call by the module's name"
                  .formatted(method.name(), path));
        }
      }
    }
  }

  private boolean isCalledByItsClass(ScriptClass type, ScriptMethod method) {
    Pattern name =
        Pattern.compile(Pattern.quote(type.qualifiedName() + "." + method.name()) + "\\b");
    return archive.sources().values().stream().anyMatch(text -> name.matcher(text).find());
  }

  private static String parent(String path) {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "" : path.substring(0, dot);
  }

  /** Looks for calls of modules that come as arguments or through an interface. */
  private final class OtherCalls extends CallRewriter {
    private final Map<String, String> types = new HashMap<>();
    private final Set<String> onTheWay;

    OtherCalls(ScriptMethod method, Set<String> onTheWay) {
      super(method);
      this.onTheWay = onTheWay;
      method.parameters().forEach(one -> types.put(one.name(), one.type()));
      Matcher declared = DECLARED.matcher(method.body());
      while (declared.find()) {
        types.put(declared.group(1), declared.group(2));
      }
    }

    @Override
    String call(String receiver, Set<String> paths, String name, String arguments) {
      String type = types.getOrDefault(receiver, "");
      boolean isInterface =
          archive.type(type).filter(one -> one.base().endsWith("Interface")).isPresent();
      if (paths.isEmpty()
          && !receiver.equals(method.receiver())
          && (isInterface || onTheWay.contains(type))) {
        throw refused(
            "may be called by "
                + method.name()
                + " as well, where a module comes as an argument or through an interface, and"
                + " nothing says which");
      }
      return plain(receiver, name, arguments);
    }
  }

  private ArchiveException refused(String reason) {
    String file = String.valueOf(archive.file().getFileName());
    return new ArchiveException(
        "Layer '%s' of %s %s, so it cannot be muted. Choose another layer, such as the one around it or behind it; 'camatlas layers %s' lists all."
            .formatted(target.path(), file, reason, file));
  }

  /** Text to put into each file: at the end of a class its twins, in place of a body another. */
  private Map<String, String> changedSources(ScriptClass root, Map<ScriptMethod, String> bodies) {
    Map<String, Map<Integer, Edit>> edits = new LinkedHashMap<>();
    bodies.forEach(
        (method, text) ->
            editsOf(edits, root).put(method.at(), new Edit(method.body().length(), text)));
    twins.forEach(
        (name, added) -> {
          ScriptClass type = archive.type(name).orElseThrow();
          editsOf(edits, type)
              .merge(
                  type.end(),
                  new Edit(0, String.join("", added.values())),
                  (one, other) -> new Edit(0, one.text() + other.text()));
        });
    Map<String, String> changed = new LinkedHashMap<>();
    edits.forEach(
        (qualifier, places) -> {
          StringBuilder text = new StringBuilder(archive.source(qualifier));
          places.forEach(
              (at, edit) -> {
                boolean lineEnded = at == 0 || text.charAt(at - 1) == '\n';
                text.replace(at, at + edit.length(), lineEnded ? edit.text() : "\n" + edit.text());
              });
          changed.put(qualifier, text.toString());
        });
    return changed;
  }

  /** The edits of a class's file, the last place first, so that no edit moves another's place. */
  private static Map<Integer, Edit> editsOf(
      Map<String, Map<Integer, Edit>> edits, ScriptClass type) {
    String qualifier = type.qualifiedName().substring(0, type.qualifiedName().lastIndexOf('.'));
    return edits.computeIfAbsent(
        qualifier, file -> new TreeMap<>(Comparator.<Integer>reverseOrder()));
  }

  private record Edit(int length, String text) {}

  /**
   * Makes the twin of a method of the module at a path, and says whether it leads to the layer.
   *
   * @param type the module's class
   * @param path the module's path
   */
  private boolean makeTwin(ScriptClass type, String path, String name) {
    Map<String, String> ofClass = twins.get(type.qualifiedName());
    if (ofClass != null && ofClass.containsKey(name)) {
      return true;
    }
    ScriptMethod method = type.methods().get(name);
    if (method == null || !begun.add(type.qualifiedName() + "#" + name)) {
      return false;
    }
    String body;
    if (path.equals(target.path())) {
      if (!FORWARD.matcher(name).lookingAt()) {
        throw refused(
            "is also used by its method " + name + ", whose result is not the layer's output");
      }
      if (!method.returnsTensor()) {
        untappable.put(name, method.returnType());
        return false;
      }
      String arguments =
          method.parameters().stream().map(p -> p.name() + ", ").collect(Collectors.joining());
      List<String> lines = new ArrayList<>();
      lines.add(
          "camatlas_output = " + CallRewriter.plain(method.receiver(), method.name(), arguments));
      lines.addAll(muting.statements(isLast));
      body = lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    } else {
      Body rewriter = new Body(type, path, method);
      body = rewriter.rewritten();
      if (!rewriter.reaches) {
        return false;
      }
    }
    StringBuilder text = new StringBuilder("  def " + twin + method.name());
    text.append('(').append(method.receiver()).append(": ").append(type.qualifiedName());
    method.parameters().forEach(p -> text.append(",\n    ").append(p.declaration()));
    text.append(") -> ").append(method.returnType()).append(":\n").append(body);
    twins
        .computeIfAbsent(type.qualifiedName(), t -> new LinkedHashMap<>())
        .put(name, text.toString());
    return true;
  }

  /** The body of one method, of the module at one path. */
  private final class Body extends CallRewriter {
    private final ScriptClass type;
    private final String path;
    private boolean reaches;

    Body(ScriptClass type, String path, ScriptMethod method) {
      super(method);
      this.type = type;
      this.path = path;
    }

    @Override
    String call(String receiver, Set<String> paths, String name, String arguments) {
      if (receiver.equals(method.receiver())) {
        // The root's own methods are replaced where they stand.
        if (path.isEmpty() || !makeTwin(type, path, name)) {
          return plain(receiver, name, arguments);
        }
        reaches = true;
        return plain(receiver, twin + name, arguments);
      }
      List<String> onTheWay =
          paths.stream().map(this::below).filter(LayerMuter.this::leadsToTarget).toList();
      if (onTheWay.isEmpty()) {
        return plain(receiver, name, arguments);
      }
      if (paths.size() > 1) {
        ambiguous = true;
        return plain(receiver, name, arguments);
      }
      Layer called = tree.find(onTheWay.get(0));
      if (!makeTwin(tree.classOf(called), called.path(), name)) {
        return plain(receiver, name, arguments);
      }
      reaches = true;
      return plain(receiver, twin + name, arguments);
    }

    private String below(String relative) {
      return path.isEmpty() ? relative : path + "." + relative;
    }
  }

  private boolean leadsToTarget(String path) {
    return target.path().equals(path) || target.path().startsWith(path + ".");
  }
}
