package io.camatlas.torchscript;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** What is known of a value while {@link LinearHead} reads a network's code. */
sealed interface HeadValue {
  /** How the value depends on image and layer; of a list, the worst of its items. */
  Dependence dependence();

  /** Whether its shape or length, or that of an item, may depend on the image. */
  boolean hasFreeForm();

  /** What it is where it may be either of two. */
  HeadValue join(HeadValue that);

  /** What it is where the image has decided that it is this and not something else. */
  HeadValue chosen();

  /** The tensors that it is or holds. */
  default Stream<Tensor> tensors() {
    return Stream.empty();
  }

  default boolean is(String literal) {
    return this instanceof Literal known && known.text().equals(literal);
  }

  /** Memory that tensors share. Whoever changes one of them changes all. */
  final class Storage {
    private final boolean owned;
    private Dependence dependence;

    /**
     * @param owned whether the pass has made it, so that all that refers to it is known
     */
    Storage(boolean owned, Dependence dependence) {
      this.owned = owned;
      this.dependence = dependence;
    }

    boolean isOwned() {
      return owned;
    }

    Dependence dependence() {
      return dependence;
    }

    /** Adds to what it holds and says whether that is news. */
    boolean raise(Dependence more) {
      boolean news = more.kind().compareTo(dependence.kind()) > 0;
      dependence = dependence.join(more);
      return news;
    }
  }

  /** What a list, a dictionary or a tuple holds. */
  final class Contents {
    private final boolean owned;
    private List<HeadValue> parts;
    private List<String> keys;
    private HeadValue any;
    private boolean freeLength;
    private boolean chosen;

    /**
     * @param parts all items in order, or null where only their union is known
     * @param keys of a dictionary as literals, names of a named tuple, or empty texts
     * @param any the union of all items, or null where there are none
     */
    Contents(boolean owned, List<HeadValue> parts, List<String> keys, HeadValue any) {
      this.owned = owned;
      this.parts = parts == null ? null : new ArrayList<>(parts);
      this.keys = new ArrayList<>(keys);
      this.any = any;
    }

    boolean isOwned() {
      return owned;
    }

    /** The items in order, or null. */
    List<HeadValue> parts() {
      return parts;
    }

    List<String> keys() {
      return keys;
    }

    /** What any item may be; {@link Literal#NONE} where there are none. */
    HeadValue any() {
      HeadValue all = any;
      if (parts != null) {
        for (HeadValue part : parts) {
          all = all == null ? part : all.join(part);
        }
      }
      return all == null ? Literal.NONE : all;
    }

    Stream<HeadValue> values() {
      Stream<HeadValue> union = any == null ? Stream.empty() : Stream.of(any);
      return parts == null ? union : Stream.concat(union, parts.stream());
    }

    boolean hasFreeLength() {
      return freeLength || chosen;
    }

    /** Whether the image decides which item stands where. */
    boolean isChosen() {
      return chosen;
    }

    boolean add(HeadValue item) {
      return parts.add(item) && keys.add("");
    }

    boolean put(int at, HeadValue item) {
      HeadValue joined = parts.get(at).join(item);
      return !joined.equals(parts.set(at, joined));
    }

    boolean put(String key, HeadValue item) {
      int at = keys.lastIndexOf(key);
      return at >= 0 ? put(at, item) : parts.add(item) && keys.add(key);
    }

    /** Forgets order and length. */
    boolean blur(HeadValue item) {
      HeadValue before = parts == null ? any : null;
      HeadValue all = parts == null || any != null || !parts.isEmpty() ? any() : null;
      any = item == null ? all : all == null ? item : all.join(item);
      parts = null;
      keys = new ArrayList<>();
      return !Objects.equals(before, any);
    }

    boolean choose() {
      boolean news = !chosen;
      chosen = true;
      return news;
    }

    boolean freeLength() {
      boolean news = !freeLength;
      freeLength = true;
      return news;
    }
  }

  /**
   * A constant, or the name of a type, function or constant.
   *
   * @param text as the archive spells it
   */
  record Literal(String text) implements HeadValue {
    static final Literal NONE = new Literal("None");

    @Override
    public Dependence dependence() {
      return Dependence.FIXED;
    }

    @Override
    public boolean hasFreeForm() {
      return false;
    }

    @Override
    public HeadValue join(HeadValue that) {
      if (equals(that)) {
        return this;
      }
      if (that instanceof Literal) {
        return new Scalar(false);
      }
      return text.equals("None") && that instanceof Module ? new Blurred() : that.join(this);
    }

    @Override
    public HeadValue chosen() {
      return new Scalar(true);
    }
  }

  /**
   * A number, truth value, text or type that is no literal; none of them has a gradient.
   *
   * @param free whether it may differ from image to image
   */
  record Scalar(boolean free) implements HeadValue {
    @Override
    public Dependence dependence() {
      return free ? Dependence.FREE : Dependence.FIXED;
    }

    @Override
    public boolean hasFreeForm() {
      return free;
    }

    @Override
    public HeadValue join(HeadValue that) {
      if (that instanceof Literal) {
        return this;
      }
      return that instanceof Scalar number ? new Scalar(free || number.free) : that.join(this);
    }

    @Override
    public HeadValue chosen() {
      return new Scalar(true);
    }
  }

  /**
   * A tensor, or a tuple of tensors that one operation returned.
   *
   * @param storages the memory that it may lie in
   * @param cut memory that it may lie in without a gradient
   * @param isChosen whether the image decides which of them it is, or which part
   * @param hasFreeForm whether its shape may depend on the image
   */
  record Tensor(Set<Storage> storages, Set<Storage> cut, boolean isChosen, boolean hasFreeForm)
      implements HeadValue {
    static Tensor in(Storage storage, boolean freeForm) {
      return new Tensor(Set.of(storage), Set.of(), false, freeForm);
    }

    @Override
    public Dependence dependence() {
      Dependence worst = Dependence.FIXED;
      for (Storage storage : storages) {
        worst = worst.join(storage.dependence());
      }
      for (Storage storage : cut) {
        worst = worst.join(storage.dependence().withoutGradient());
      }
      return isChosen ? worst.chosen() : worst;
    }

    @Override
    public HeadValue join(HeadValue that) {
      if (that instanceof Tensor other) {
        return new Tensor(
            union(storages, other.storages),
            union(cut, other.cut),
            isChosen || other.isChosen,
            hasFreeForm || other.hasFreeForm);
      }
      if (that instanceof Scalar number && number.free) {
        return new Tensor(storages, cut, true, true);
      }
      return that instanceof Literal || that instanceof Scalar ? this : new Blurred();
    }

    @Override
    public HeadValue chosen() {
      return new Tensor(storages, cut, true, true);
    }

    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(this);
    }

    /** A view of it. */
    Tensor view(boolean chosen, boolean freeForm) {
      return new Tensor(storages, cut, isChosen || chosen, hasFreeForm || freeForm);
    }

    Tensor withoutGradient() {
      return new Tensor(Set.of(), union(storages, cut), isChosen, hasFreeForm);
    }
  }

  /**
   * A list, dictionary or tuple.
   *
   * @param contents what it may be
   * @param isChosen whether the image decides which of them it is
   */
  record Group(Set<Contents> contents, boolean isChosen) implements HeadValue {
    static Group of(Contents contents) {
      return new Group(Set.of(contents), false);
    }

    @Override
    public Dependence dependence() {
      Dependence worst = Dependence.FIXED;
      for (Contents each : contents) {
        for (HeadValue value : (Iterable<HeadValue>) each.values()::iterator) {
          Dependence found = value.dependence();
          worst = worst.join(each.isChosen() ? found.chosen() : found);
        }
      }
      return isChosen ? worst.chosen() : worst;
    }

    /** Whether its own length depends on the image. */
    boolean hasFreeLength() {
      return isChosen || contents.stream().anyMatch(Contents::hasFreeLength);
    }

    @Override
    public boolean hasFreeForm() {
      return hasFreeLength()
          || contents.stream().flatMap(Contents::values).anyMatch(HeadValue::hasFreeForm);
    }

    @Override
    public HeadValue join(HeadValue that) {
      if (that instanceof Group other) {
        return new Group(union(contents, other.contents), isChosen || other.isChosen);
      }
      if (that instanceof Scalar number && number.free) {
        return chosen();
      }
      return that instanceof Literal || that instanceof Scalar ? this : new Blurred();
    }

    @Override
    public HeadValue chosen() {
      return new Group(contents, true);
    }

    @Override
    public Stream<Tensor> tensors() {
      return contents.stream().flatMap(Contents::values).flatMap(HeadValue::tensors);
    }

    /** The item at an index or key. */
    HeadValue item(HeadValue index) {
      boolean decided = isChosen || index.dependence().atLeast(Dependence.Kind.FREE);
      HeadValue found = null;
      for (Contents each : contents) {
        decided |= each.isChosen();
        HeadValue one = item(each, index);
        found = found == null ? one : found.join(one);
      }
      return decided ? found.chosen() : found;
    }

    private static HeadValue item(Contents contents, HeadValue index) {
      if (contents.parts() != null && index instanceof Literal literal) {
        int at = place(contents, literal.text());
        if (at >= 0) {
          return contents.parts().get(at);
        }
      }
      return contents.any();
    }

    /** Where the item of an index or key stands; -1 if that is not known. */
    static int place(Contents contents, String index) {
      int named = index.isEmpty() ? -1 : contents.keys().lastIndexOf(index);
      boolean dictionary =
          contents.keys().stream()
              .anyMatch(key -> !key.isEmpty() && "\"'0123456789TF-".indexOf(key.charAt(0)) >= 0);
      if (named >= 0 || dictionary || !index.matches("-?\\d{1,6}")) {
        return named;
      }
      int at = Integer.parseInt(index);
      at = at < 0 ? at + contents.parts().size() : at;
      return at < contents.parts().size() ? at : -1;
    }

    /** The item of a name, of a named tuple. */
    HeadValue field(String name) {
      return item(new Literal(name));
    }
  }

  record Module(Layer layer) implements HeadValue {
    @Override
    public Dependence dependence() {
      return Dependence.FIXED;
    }

    @Override
    public boolean hasFreeForm() {
      return false;
    }

    @Override
    public HeadValue join(HeadValue that) {
      return equals(that) ? this : new Blurred();
    }

    @Override
    public HeadValue chosen() {
      return new Blurred();
    }
  }

  /** Something that may be passed on, but not used. */
  record Blurred() implements HeadValue {
    @Override
    public Dependence dependence() {
      return Dependence.other("a value that is not understood");
    }

    @Override
    public boolean hasFreeForm() {
      return true;
    }

    @Override
    public HeadValue join(HeadValue that) {
      return this;
    }

    @Override
    public HeadValue chosen() {
      return this;
    }
  }

  private static <T> Set<T> union(Set<T> one, Set<T> two) {
    if (one.containsAll(two)) {
      return one;
    }
    Set<T> all = new HashSet<>(one);
    all.addAll(two);
    return Set.copyOf(all);
  }
}
