package io.camatlas.model;

import io.camatlas.suggest.Choices;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers that a network computes with. Maps and statistics are computed in 32 bits whatever it
 * is: activations, gradients and scores are widened as they leave the network.
 */
public enum Precision {
  /** 64 bits, twice the memory and more than twice the time; to see what rounding does. */
  FLOAT64(7, 1),

  /** 32 bits, nothing rounded. */
  FLOAT32(6, 1),

  /** 32 bits whose products are rounded to ten bits of mantissa; for GPUs since Ampere. */
  TF32(6, 1),

  /**
   * 16 bits, up to 65,504; half the memory. Gradients are computed 1,024 times as large, since
   * small ones would become zero, and less so where large ones would become infinite.
   */
  FLOAT16(5, 1024),

  /** 16 bits with the range of 32, and eight bits of mantissa. */
  BFLOAT16(15, 1);

  private static final int SWITCHING = 128 * 128;
  private static final String LIBRARIES = "NVIDIA_TF32_OVERRIDE";
  private static final String PRODUCTS = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

  private final int scalarType;
  private final float gradientScale;

  Precision(int scalarType, float gradientScale) {
    this.scalarType = scalarType;
    this.gradientScale = gradientScale;
  }

  /** PyTorch's number of the type; DJL does not know all of them. */
  long scalarType() {
    return scalarType;
  }

  /** Whether weights stay as they are. */
  boolean keepsWeights() {
    return scalarType == FLOAT32.scalarType;
  }

  /** Whether weights lose digits, and those that are out of range their value. */
  boolean roundsWeights() {
    return this == FLOAT16 || this == BFLOAT16;
  }

  /** What scores' gradients are multiplied by within the network; a power of two. */
  float gradientScale() {
    return gradientScale;
  }

  /** The share of the largest gradient that rounding may change on the way through a head. */
  double gradientTolerance() {
    return switch (this) {
      case FLOAT64, FLOAT32 -> 1e-4;
      case TF32, FLOAT16 -> 1e-2;
      case BFLOAT16 -> 5e-2;
    };
  }

  /** The share of the largest score that rounding within a network may change at any rate. */
  double scoreTolerance() {
    return switch (this) {
      case FLOAT64 -> 1e-6;
      case FLOAT32 -> 1e-4;
      case TF32, FLOAT16 -> 2e-2;
      case BFLOAT16 -> 1e-1;
    };
  }

  /** The share of itself by which a gradient or an activation of any network may be off. */
  double gradientRounding() {
    return switch (this) {
      case FLOAT64 -> 1e-7;
      case FLOAT32 -> 1e-6;
      case TF32, FLOAT16 -> 1e-3;
      case BFLOAT16 -> 1e-2;
    };
  }

  /**
   * The share of itself by which a gradient moves if a unit behind it switches in one order of
   * addition and not in another: 1e-3 to 3e-3. Units are as many as the input has pixels, so that
   * in 32 bits it happens to one pass in five at 224x224 and seldom below {@value #SWITCHING}
   * pixels.
   */
  double switchRounding(InputShape input) {
    return switch (this) {
      case FLOAT64 -> 1e-7;
      case FLOAT32 -> input.height() * input.width() < SWITCHING ? gradientRounding() : 2e-3;
      case TF32, FLOAT16 -> 1e-2;
      case BFLOAT16 -> 3e-2;
    };
  }

  /** What a message about numbers that are not finite says of these, with the remedy if any. */
  public String range() {
    return this == FLOAT16
        ? "`precision` is float16, whose largest number is 65,504; set it to bfloat16 or"
            + " float32."
        : "`precision` is " + this + ".";
  }

  /** The distance of 1 and the next number above. */
  float roundingUnit() {
    return switch (this) {
      case FLOAT64, FLOAT32 -> 0x1p-23f;
      case TF32, FLOAT16 -> 0x1p-10f;
      case BFLOAT16 -> 0x1p-7f;
    };
  }

  /**
   * The environment that makes NVIDIA's libraries and PyTorch compute so. They read it once, as
   * they are loaded; left alone, convolutions round as TF32 and products of matrices do not.
   */
  public Map<String, String> environment() {
    return this == TF32 ? Map.of(PRODUCTS, "1") : Map.of(LIBRARIES, "0");
  }

  /**
   * Checks that a device has this precision.
   *
   * @param gpu whether the network is to live on one
   * @param environment of the process that is to hold it
   * @return what the user has to know although the device has it
   * @throws IllegalStateException if it has not
   */
  public Optional<String> check(boolean gpu, Map<String, String> environment) {
    if (this == TF32 && !gpu) {
      throw new IllegalStateException(
          "`precision` is tf32, a format of GPUs, and the network would run on the CPU; set"
              + " `precision` to float32.");
    }
    if (this == TF32
        && (!"1".equals(environment.get(PRODUCTS)) || "0".equals(environment.get(LIBRARIES)))) {
      throw new IllegalStateException(
          "`precision` is tf32, which needs "
              + PRODUCTS
              + "=1 and no "
              + LIBRARIES
              + "=0 in the environment; set it by Spark's setting spark.executorEnv."
              + PRODUCTS
              + "=1, or before Spark starts.");
    }
    if (this == FLOAT32 && gpu && !"0".equals(environment.get(LIBRARIES))) {
      return Optional.of(
          "convolutions may round as tf32, since "
              + LIBRARIES
              + " is not 0 in the environment; set it before Spark starts for exact float32.");
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return Choices.name(this);
  }
}
