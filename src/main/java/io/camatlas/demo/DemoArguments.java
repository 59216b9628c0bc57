package io.camatlas.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Command-line arguments of {@link DemoDataset#main}.
 *
 * @param dir where to write
 * @param settings the pictures to make
 */
record DemoArguments(Path dir, DemoSettings settings) {
  private static final String FLAGS =
      "--images-per-class, --seed, --watermark-share, --stray-share, --split";

  /**
   * Parses the folder and the flags.
   *
   * @throws IllegalArgumentException if a flag is unknown, lacks its value, or has a wrong one
   */
  static DemoArguments parse(List<String> args) {
    if (args.isEmpty() || args.get(0).startsWith("--")) {
      throw new IllegalArgumentException(
          "No folder is given; it must come first. Try: DemoDataset demo --images-per-class 60");
    }
    DemoSettings s = DemoSettings.audit(60, 1);
    for (int i = 1; i < args.size(); i += 2) {
      String flag = args.get(i);
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(
            flag + " has no value; every flag takes one. Flags are " + FLAGS + ".");
      }
      String value = args.get(i + 1);
      s =
          switch (flag) {
            case "--images-per-class" ->
                new DemoSettings(
                    number(flag, value, "a whole number", Integer::valueOf),
                    s.seed(),
                    s.watermarkShare(),
                    s.strayShare(),
                    s.split());
            case "--seed" ->
                new DemoSettings(
                    s.imagesPerClass(),
                    number(flag, value, "a whole number", Long::valueOf),
                    s.watermarkShare(),
                    s.strayShare(),
                    s.split());
            case "--watermark-share" ->
                new DemoSettings(
                    s.imagesPerClass(),
                    s.seed(),
                    number(flag, value, "a number from 0 to 1", Double::valueOf),
                    s.strayShare(),
                    s.split());
            case "--stray-share" ->
                new DemoSettings(
                    s.imagesPerClass(),
                    s.seed(),
                    s.watermarkShare(),
                    number(flag, value, "a number from 0 to 1", Double::valueOf),
                    s.split());
            case "--split" ->
                new DemoSettings(
                    s.imagesPerClass(), s.seed(), s.watermarkShare(), s.strayShare(), value);
            default ->
                throw new IllegalArgumentException(
                    "Unknown flag " + flag + "; it must be one of " + FLAGS + ".");
          };
    }
    return new DemoArguments(Path.of(args.get(0)), s);
  }

  private static <T> T number(String flag, String value, String rule, Function<String, T> read) {
    try {
      return read.apply(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          flag + " is '" + value + "'; it must be " + rule + ". Try " + flag + " 1.", e);
    }
  }
}
