package io.camatlas.torchscript;

/**
 * How a number depends on the image and on the explained layer's output, as differentiation sees
 * it: what has no gradient does not depend on the layer.
 *
 * @param kind how it depends; of a tensor, the worst of its elements
 * @param why it is {@link Kind#OTHER}, else empty
 */
record Dependence(Kind kind, String why) {
  /** Ordered: each may be taken for one that follows. */
  enum Kind {
    /** The same in all passes: weights, sizes, constants. */
    FIXED,
    /** Differs from pass to pass, but not with the layer's output. */
    FREE,
    /** Fixed coefficients times the layer's output, plus what is free. */
    AFFINE,
    OTHER
  }

  static final Dependence FIXED = new Dependence(Kind.FIXED, "");
  static final Dependence FREE = new Dependence(Kind.FREE, "");
  static final Dependence AFFINE = new Dependence(Kind.AFFINE, "");

  static Dependence other(String why) {
    return new Dependence(Kind.OTHER, why);
  }

  boolean atLeast(Kind least) {
    return kind.compareTo(least) >= 0;
  }

  boolean isFixed() {
    return kind == Kind.FIXED;
  }

  /** The worse of the two. */
  Dependence join(Dependence that) {
    return kind.compareTo(that.kind) >= 0 ? this : that;
  }

  /** What it becomes where the image decides which of several things it is. */
  Dependence chosen() {
    return switch (kind) {
      case FIXED, FREE -> FREE;
      case AFFINE -> other("a choice that depends on the image");
      case OTHER -> this;
    };
  }

  /** What is left where no gradient passes. */
  Dependence withoutGradient() {
    return atLeast(Kind.AFFINE) ? FREE : this;
  }
}
