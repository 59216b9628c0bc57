package io.camatlas.torchscript;

import io.camatlas.suggest.NearestName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The modules of a network by their dotted paths, as the archive's classes declare them. */
public final class LayerTree {
  /**
   * An operator whose name ends with an underscore, or a function that may be told to work in
   * place. Dropout returns its input unchanged.
   */
  private static final Pattern IN_PLACE =
      Pattern.compile(
          "torch\\.\\w*[a-z0-9]_\\(|functional\\.(?![\\w.]*dropout)\\w.*\\bTrue\\b",
          Pattern.DOTALL);

  private final TorchScriptArchive archive;
  private final Layer root;
  private final Map<String, Layer> byPath = new LinkedHashMap<>();
  private final Map<Integer, Layer> byId = new HashMap<>();
  private final Map<Integer, ScriptClass> classById = new HashMap<>();
  private int next;

  private LayerTree(TorchScriptArchive archive) {
    this.archive = archive;
    this.root = build("", "", archive.rootClass(), 0);
    root.walk().forEach(layer -> byId.put(layer.id(), layer));
    root.walk().skip(1).forEach(layer -> byPath.put(layer.path(), layer));
  }

  /** Lists an archive's layers; nothing is loaded or run. */
  public static LayerTree of(TorchScriptArchive archive) {
    return new LayerTree(archive);
  }

  private Layer build(String path, String name, ScriptClass type, int depth) {
    if (depth > 500) {
      throw new ArchiveException(archive.file() + ": its modules contain one another.");
    }
    int id = next++;
    classById.put(id, type);
    List<Layer> children = new ArrayList<>();
    type.attributes()
        .forEach(
            (child, childType) ->
                archive
                    .type(childType)
                    .filter(ScriptClass::isModule)
                    .ifPresent(
                        found ->
                            children.add(
                                build(
                                    path.isEmpty() ? child : path + "." + child,
                                    child,
                                    found,
                                    depth + 1))));
    return new Layer(path, name, type.shortName(), id, List.copyOf(children));
  }

  /** The whole network. */
  public Layer root() {
    return root;
  }

  /** All layers below the root, depth first. */
  public List<Layer> layers() {
    return List.copyOf(byPath.values());
  }

  /** The layer of this {@link Layer#id}. */
  public Layer layer(int id) {
    return byId.get(id);
  }

  /** Whether there is a layer of this path. */
  public boolean contains(String path) {
    return byPath.containsKey(path);
  }

  /**
   * Finds a layer.
   *
   * @param path dotted path as the archive spells it
   * @throws ArchiveException if there is none; the message names the closest path
   */
  public Layer find(String path) {
    Layer found = byPath.get(path);
    if (found != null) {
      return found;
    }
    String file = String.valueOf(archive.file().getFileName());
    if (byPath.isEmpty()) {
      throw new ArchiveException(
          "No layer '"
              + path
              + "' in "
              + file
              + ": its modules were inlined (torch.jit.freeze or optimize_for_inference does so)."
              + " Export it with torch.jit.trace or torch.jit.script alone.");
    }
    throw new ArchiveException(
        "No layer '"
            + path
            + "' in "
            + file
            + NearestName.clause(path, byPath.keySet())
            + ". Run 'camatlas layers "
            + file
            + "' to list all.");
  }

  /**
   * Whether a layer, or one within it, may change its input instead of returning another tensor, as
   * far as its own code shows.
   */
  public boolean mayWorkInPlace(Layer layer) {
    return layer
        .walk()
        .flatMap(one -> classOf(one).methods().values().stream())
        .anyMatch(method -> IN_PLACE.matcher(method.body()).find());
  }

  ScriptClass classOf(Layer layer) {
    return classById.get(layer.id());
  }

  TorchScriptArchive archive() {
    return archive;
  }
}
