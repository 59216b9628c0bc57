package io.camatlas.spark.compare;

import io.camatlas.compare.TwoSamples.Side;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One comparison, checked.
 *
 * @param from the first audit
 * @param with the audit that it is compared with
 * @param given a value for each of {@link CompareOptions#ALL}
 */
public record CompareJobSettings(ComparedSide from, ComparedSide with, Settings given) {
  public CompareJobSettings {
    boolean first = isGiven(given, CompareOptions.FAITHFULNESS);
    if (first != isGiven(given, CompareOptions.WITH_FAITHFULNESS)) {
      throw new IllegalArgumentException(
          "`%s` is set, and `%s` is not; set both, or neither."
              .formatted(
                  (first ? CompareOptions.FAITHFULNESS : CompareOptions.WITH_FAITHFULNESS).name(),
                  (first ? CompareOptions.WITH_FAITHFULNESS : CompareOptions.FAITHFULNESS).name()));
    }
  }

  private static boolean isGiven(Settings given, Option<String> option) {
    return given.optional(option).filter(text -> !text.isEmpty()).isPresent();
  }

  /** One of the two audits. */
  ComparedSide of(Side side) {
    return side.of(from, with);
  }

  /** Where maps were scored; empty if not given. */
  Optional<String> faithfulness(Side side) {
    return given
        .optional(side.of(CompareOptions.FAITHFULNESS, CompareOptions.WITH_FAITHFULNESS))
        .filter(text -> !text.isEmpty());
  }

  /** What people call a side: as given, or the first of its properties that tells them apart. */
  public String label(Side side) {
    return given
        .optional(side.of(CompareOptions.NAME, CompareOptions.WITH_NAME))
        .filter(text -> !text.isBlank())
        .orElseGet(() -> unnamed().of(side));
  }

  /** A name for each side. */
  private record Labels(String from, String with) {
    String of(Side side) {
      return side.of(from, with);
    }
  }

  private Labels unnamed() {
    List<Function<ComparedSide, String>> properties =
        List.of(
            one -> one.run().model(),
            ComparedSide::layer,
            ComparedSide::method,
            one -> end(one.path(), 1),
            one -> end(one.path(), 2),
            one -> end(one.path(), 3));
    return properties.stream()
        .map(property -> new Labels(property.apply(from), property.apply(with)))
        .filter(labels -> !labels.from.equals(labels.with))
        .findFirst()
        .orElse(new Labels("the first", "the second"));
  }

  /** The last parts of a path. */
  private static String end(String path, int parts) {
    String[] names = path.replaceFirst("/+$", "").split("/+");
    int first = Math.max(0, names.length - parts);
    return String.join("/", IntStream.range(first, names.length).mapToObj(i -> names[i]).toList());
  }

  /** The folder for the results. */
  public String out() {
    return given.get(ExplainOptions.OUT);
  }
}
