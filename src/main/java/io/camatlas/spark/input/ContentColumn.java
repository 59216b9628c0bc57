package io.camatlas.spark.input;

import io.camatlas.spark.InputException;
import java.util.List;
import java.util.Optional;

/** Chooses which of a table's binary columns holds the images. */
@FunctionalInterface
interface ContentColumn {
  /**
   * Chooses.
   *
   * @param binary the table's columns of binary type
   * @param table as people know it
   * @return empty if the table has none, so that its images are files
   * @throws InputException if the column is missing, or cannot be told from others
   */
  Optional<String> among(List<String> binary, String table);

  /** The column that a user asks for; without one, the only one. */
  static ContentColumn asked(Optional<String> name) {
    return (binary, table) -> {
      if (name.isPresent() && !binary.contains(name.get())) {
        throw new InputException(
            "`content-column` is '%s', but %s has no such column of binary type; those are %s."
                .formatted(name.get(), table, binary));
      }
      if (name.isEmpty() && binary.size() > 1) {
        throw new InputException(
            "%s has several binary columns, %s; set `content-column` to one of them."
                .formatted(table, binary));
      }
      return name.or(() -> binary.stream().findFirst());
    };
  }

  /**
   * The first of those that runs have read which the table has; else the only one, as the same
   * images may be in another table by now.
   */
  static ContentColumn read(List<String> names) {
    return (binary, table) -> {
      if (binary.size() < 2) {
        return binary.stream().findFirst();
      }
      Optional<String> found = names.stream().filter(binary::contains).findFirst();
      if (found.isEmpty()) {
        throw new InputException(
            "%s has several binary columns, %s, and %s; give a table or view with one of them."
                .formatted(
                    table,
                    binary,
                    names.isEmpty()
                        ? "the run does not say which one it read"
                        : "none is called '"
                            + String.join("' or '", names)
                            + "', as the run's was"));
      }
      return found;
    };
  }
}
