package io.camatlas.torchscript;

import io.camatlas.torchscript.HeadValue.Contents;
import io.camatlas.torchscript.HeadValue.Group;
import io.camatlas.torchscript.HeadValue.Storage;
import io.camatlas.torchscript.HeadValue.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The objects that a network's code makes and changes while {@link LinearHead} reads it.
 *
 * <p>What is known of an object only ever becomes worse, so that branches and loops may share one
 * memory. An object that the pass has not made itself (weights, buffers, constants, what modules
 * keep) is never changed: the attempt ends the proof.
 */
final class HeadMemory {
  /** One way through the code: what an expression makes there is one object, however often. */
  static final class Path {
    private final IdentityHashMap<Object, Path> calls = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Storage> storages = new IdentityHashMap<>();
    private final IdentityHashMap<Object, Contents> contents = new IdentityHashMap<>();

    Path into(Object call) {
      return calls.computeIfAbsent(call, c -> new Path());
    }
  }

  private final Map<String, HeadValue> kept = new HashMap<>();
  private long changes;
  private int forks;
  private boolean decided;

  /** Grows whenever something becomes known of an object. */
  long changes() {
    return changes;
  }

  /** Whether the image decides if the current statement runs. */
  boolean isDecided() {
    return decided;
  }

  /** Whether the current statement may run never, once or often. */
  boolean isForked() {
    return forks > 0;
  }

  /** Runs code that may run never, once or often. */
  void fork(boolean byImage, Runnable code) {
    boolean before = decided;
    decided |= byImage;
    forks++;
    try {
      code.run();
    } finally {
      forks--;
      decided = before;
    }
  }

  /** What an expression computed, in memory of its own. */
  Tensor make(Path path, Object expression, Dependence dependence, boolean freeForm) {
    Storage storage =
        path.storages.computeIfAbsent(expression, e -> new Storage(true, Dependence.FIXED));
    changes += storage.raise(dependence) ? 1 : 0;
    return Tensor.in(storage, freeForm);
  }

  /** A tensor that outlives the pass. */
  HeadValue keptTensor(String name) {
    return kept.computeIfAbsent(name, n -> Tensor.in(new Storage(false, Dependence.FIXED), false));
  }

  /** A list, tuple or dictionary that outlives the pass. */
  HeadValue keptGroup(String name, HeadValue item) {
    HeadValue known = kept.get(name);
    if (known == null) {
      known = Group.of(new Contents(false, null, List.of(), item));
      kept.put(name, known);
    }
    return known;
  }

  /**
   * A list, tuple or dictionary that an expression made.
   *
   * @param parts its items, or null where only their union is known
   */
  Group group(Path path, Object expression, List<HeadValue> parts, List<String> keys) {
    Contents contents = path.contents.get(expression);
    if (contents == null) {
      contents = new Contents(true, parts, keys, null);
      path.contents.put(expression, contents);
      changes++;
    } else if (contents.parts() != null && contents.parts().size() == parts.size()) {
      for (int i = 0; i < parts.size(); i++) {
        changes += contents.put(i, parts.get(i)) ? 1 : 0;
      }
    } else {
      for (HeadValue part : parts) {
        changes += contents.blur(part) ? 1 : 0;
      }
    }
    return Group.of(contents);
  }

  /** A list of unknown order that an expression made. */
  Group list(Path path, Object expression, HeadValue any, boolean freeLength) {
    Contents contents =
        path.contents.computeIfAbsent(expression, e -> new Contents(true, null, List.of(), null));
    changes += any != null && contents.blur(any) ? 1 : 0;
    changes += freeLength && contents.freeLength() ? 1 : 0;
    return Group.of(contents);
  }

  /**
   * Changes a tensor in its place.
   *
   * @param content what part of it may hold afterwards
   * @throws ArchiveException if others may see the change whom the proof does not know
   */
  void write(Tensor target, Dependence content, String operation) {
    boolean free = decided || target.isChosen();
    for (Storage storage : target.cut()) {
      if (storage.dependence().atLeast(Dependence.Kind.AFFINE)
          || content.atLeast(Dependence.Kind.AFFINE)) {
        throw new ArchiveException(operation + " changes a tensor past its gradient");
      }
      write(storage, content, free, operation);
    }
    for (Storage storage : target.storages()) {
      write(storage, content, free, operation);
    }
  }

  private void write(Storage storage, Dependence content, boolean free, String operation) {
    if (!storage.isOwned()) {
      throw new ArchiveException(operation + " changes a tensor that outlives the pass");
    }
    Dependence joined = storage.dependence().join(content);
    changes += storage.raise(free ? joined.chosen() : joined) ? 1 : 0;
  }

  /** Adds an item to a list, at an unknown place unless it is the end. */
  void add(Group target, HeadValue item, boolean atEnd, String operation) {
    for (Contents contents : changeable(target, operation)) {
      if (atEnd && forks == 0 && target.contents().size() == 1 && contents.parts() != null) {
        contents.add(item);
        changes++;
      } else {
        changes += contents.blur(item) ? 1 : 0;
      }
    }
  }

  /** Replaces an item of a list or dictionary, or adds one to a dictionary. */
  void put(Group target, HeadValue index, HeadValue item, String operation) {
    for (Contents contents : changeable(target, operation)) {
      if (index.dependence().atLeast(Dependence.Kind.FREE)) {
        changes += contents.choose() ? 1 : 0;
      }
      int at =
          contents.parts() != null && index instanceof HeadValue.Literal literal
              ? Group.place(contents, literal.text())
              : -1;
      boolean newKey =
          at < 0
              && contents.parts() != null
              && index instanceof HeadValue.Literal literal
              && literal.text().startsWith("\"");
      if (at >= 0) {
        changes += contents.put(at, item) ? 1 : 0;
      } else if (newKey && forks == 0) {
        changes += contents.put(((HeadValue.Literal) index).text(), item) ? 1 : 0;
      } else {
        changes += contents.blur(item) ? 1 : 0;
      }
    }
  }

  /** Changes order or length of a list or dictionary, or forgets them. */
  void shuffle(Group target, boolean byImage, String operation) {
    for (Contents contents : changeable(target, operation)) {
      changes += contents.blur(null) ? 1 : 0;
      if (byImage) {
        changes += contents.choose() ? 1 : 0;
      }
    }
  }

  private List<Contents> changeable(Group target, String operation) {
    boolean free = decided || target.isChosen();
    for (Contents contents : target.contents()) {
      if (!contents.isOwned()) {
        throw new ArchiveException(operation + " changes a list that outlives the pass");
      }
      changes += free && contents.choose() ? 1 : 0;
    }
    return List.copyOf(target.contents());
  }
}
