package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;

/**
 * The columns of a table that say which label an image has or, if it may have several, which
 * labels: one column of texts or lists, or a column for each class that holds 1 (it has it), 0 (it
 * does not), -1 (uncertain) or nothing. The one column is called label or labels.
 *
 * @param label the label, or the text of several labels, as {@link LabelSets} reads it
 * @param problem what is wrong with a row; null if nothing is
 * @param columns the names of all columns that were used
 */
record LabelColumns(Column label, Column problem, Set<String> columns) {
  private static final String SEVERAL = "labels";

  private static final Column NONE = lit(null).cast(DataTypes.StringType);

  static LabelColumns of(Dataset<Row> table, ImageForm.Request request, String given) {
    List<String> names = List.of(table.columns());
    Optional<String> one =
        Stream.of(ImagesTable.LABEL, SEVERAL)
            .filter(names::contains)
            // Where an image has one label, a text `labels` is metadata like any other.
            .filter(
                name ->
                    request.labels().isPresent()
                        || name.equals(ImagesTable.LABEL)
                        || isList(table, name))
            .findFirst();
    if (request.labels().isPresent()) {
      LabelSets sets = request.labels().get();
      List<String> own = ofClasses(names, request.classes(), given);
      requireNoOtherObjects(names, own, request, given);
      if (one.isPresent() && !own.isEmpty()) {
        throw new InputException(
            "%s has a column '%s' and a column for class '%s', which may say different things; leave one kind of them out."
                .formatted(given, one.get(), own.get(0)));
      }
      if (!own.isEmpty()) {
        return ofClasses(names, request.classes(), own, sets);
      }
    }
    requireNoOtherObjects(names, List.of(), request, given);
    if (one.isEmpty()) {
      requireNoOtherSpelling(names, request.labels().isPresent() && !request.packing(), given);
    }

    if (request.packing() && hasBoth(table)) {
      return both(table, request.labels().orElse(LabelSets.USUAL));
    }
    return one.map(
            name -> {
              LabelColumns texts =
                  texts(table, name, request.labels().orElse(LabelSets.USUAL), request.packing());
              // Where an image has one label, the list of it may contain any text.
              return request.labels().isPresent()
                  ? texts
                  : new LabelColumns(texts.label, NONE, texts.columns);
            })
        .orElseGet(() -> new LabelColumns(NONE, NONE, Set.of()));
  }

  /** A column that is nearly called label would become metadata, and no image had a label. */
  private static void requireNoOtherSpelling(List<String> names, boolean several, String given) {
    requireNoOtherSpelling(
        names,
        several ? List.of(ImagesTable.LABEL, SEVERAL) : List.of(ImagesTable.LABEL),
        given,
        "so that its images would have no labels");
  }

  /**
   * Objects under another name would be metadata, and nothing were measured against them. Where no
   * classes are known, images are only looked up.
   *
   * @param own columns for classes, which may be called anything
   */
  private static void requireNoOtherObjects(
      List<String> names, List<String> own, ImageForm.Request request, String given) {
    if (request.classes().isEmpty()) {
      return;
    }
    requireNoOtherSpelling(
        names.stream().filter(name -> !own.contains(name)).toList(),
        List.of(ImagesTable.BOXES, ImagesTable.MASK),
        given,
        "which would be no more than metadata");
  }

  private static void requireNoOtherSpelling(
      List<String> names, List<String> all, String given, String so) {
    for (String wanted : all) {
      names.stream()
          .filter(column -> !names.contains(wanted) && plain(column).equals(plain(wanted)))
          .findFirst()
          .ifPresent(
              column -> {
                throw new InputException(
                    "%s has no column '%s', but a column '%s', %s; rename it to '%s', or to another word if it holds none."
                        .formatted(given, wanted, column, so, wanted));
              });
    }
  }

  private static boolean hasBoth(Dataset<Row> table) {
    return Set.of(table.columns()).containsAll(List.of(ImagesTable.LABEL, SEVERAL))
        && !isList(table, ImagesTable.LABEL)
        && table.schema().apply(SEVERAL).dataType() instanceof ArrayType list
        && list.elementType() instanceof StringType;
  }

  /** One label and a list, of which one is kept: rows that have both must say the same in them. */
  private static LabelColumns both(Dataset<Row> table, LabelSets sets) {
    Column alone = col(ImagesTable.LABEL).cast(DataTypes.StringType);
    LabelColumns list = texts(table, SEVERAL, sets, true);
    Column isOther = size(col(SEVERAL)).gt(0).and(not(col(SEVERAL).equalTo(array(alone))));
    return new LabelColumns(
        coalesce(alone, list.label),
        when(alone.isNull(), list.problem)
            .when(
                isOther,
                concat(
                    lit("has the label '"),
                    alone,
                    lit("' beside the list of labels "),
                    col(SEVERAL).cast(DataTypes.StringType),
                    lit(
                        ", and a packed table keeps one of them; leave out one of the columns 'label' and 'labels'."))),
        Set.of(ImagesTable.LABEL, SEVERAL));
  }

  private static boolean isList(Dataset<Row> table, String name) {
    return table.schema().apply(name).dataType() instanceof ArrayType;
  }

  private static LabelColumns texts(
      Dataset<Row> table, String name, LabelSets sets, boolean packing) {
    Column text =
        isList(table, name)
            ? when(size(col(name)).equalTo(0), sets.none().get(0))
                .otherwise(
                    array_join(
                        col(name).cast(DataTypes.createArrayType(DataTypes.StringType)),
                        sets.separator()))
            : col(name).cast(DataTypes.StringType);
    return new LabelColumns(
        text, isList(table, name) ? unkept(name, sets.separator(), packing) : NONE, Set.of(name));
  }

  /** What is wrong with a list that would be another as a text. */
  private static Column unkept(String name, String separator, boolean packing) {
    Column wrong =
        get(
            filter(
                col(name).cast(DataTypes.createArrayType(DataTypes.StringType)),
                one -> one.contains(separator)),
            lit(0));
    return when(
        wrong.isNotNull(),
        concat(
            lit("has the label '"),
            wrong,
            lit(
                "' in a list in the column '%s'; '%s' stands between labels, so leave it out of their names%s."
                    .formatted(
                        name,
                        separator,
                        packing ? "" : ", or set `label-separator` to another text"))));
  }

  /**
   * The classes that have a column.
   *
   * @throws InputException if a column has nearly the name of a class that has none, or the name of
   *     a column that says something else
   */
  private static List<String> ofClasses(List<String> names, List<String> classes, String given) {
    List<String> own =
        classes.stream()
            .filter(names::contains)
            .filter(name -> !FoundImage.NOT_METADATA.contains(name))
            .toList();
    if (own.isEmpty()) {
      return own;
    }
    for (String name : classes) {
      if (FoundImage.NOT_METADATA.contains(name)) {
        throw new InputException(
            "%s has a column for class '%s'. Class '%s' cannot have one, since a column of that name says something else; give the labels in one column 'labels'."
                .formatted(given, own.get(0), name));
      }
      if (!own.contains(name)) {
        names.stream()
            .filter(column -> !own.contains(column) && plain(column).equals(plain(name)))
            .findFirst()
            .ifPresent(
                column -> {
                  throw new InputException(
                      "%s has no column '%s', but a column '%s'; give it the name of the class, or all its labels are unknown."
                          .formatted(given, name, column));
                });
      }
    }
    return own;
  }

  /** A name without what people write differently. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  private static LabelColumns ofClasses(
      List<String> names, List<String> classes, List<String> own, LabelSets sets) {
    List<Column> said = new ArrayList<>();
    List<Column> problems = new ArrayList<>(List.of(NONE));
    Set<String> used = new TreeSet<>(own);
    Column isNone = lit(false);
    for (String name : sets.none()) {
      if (names.contains(name) && !classes.contains(name)) {
        used.add(name);
        problems.add(problem(name));
        isNone = isNone.or(coalesce(value(name).equalTo(1), lit(false)));
      }
    }
    for (String name : classes) {
      Column missing = when(not(isNone), LabelSets.MISSING + name);
      if (!own.contains(name)) {
        said.add(missing);
        continue;
      }
      said.add(
          when(isEmpty(name), missing)
              .when(value(name).equalTo(1), name)
              .when(value(name).equalTo(-1), LabelSets.UNCERTAIN + name));
      problems.add(problem(name));
    }
    Column text = array_join(array(said.toArray(new Column[0])), sets.separator());
    return new LabelColumns(
        when(text.equalTo(""), sets.none().get(0)).otherwise(text),
        coalesce(problems.toArray(new Column[0])),
        Collections.unmodifiableSet(used));
  }

  private static Column text(String name) {
    return trim(col(quoted(name)).cast(DataTypes.StringType));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  private static Column isEmpty(String name) {
    return text(name).isNull().or(text(name).equalTo(""));
  }

  private static Column value(String name) {
    return when(lower(text(name)).equalTo("true"), 1.0)
        .when(lower(text(name)).equalTo("false"), 0.0)
        .otherwise(expr("try_cast(trim(cast(" + quoted(name) + " as string)) as double)"));
  }

  private static Column problem(String name) {
    Column isKnown = coalesce(value(name).isin(1.0, 0.0, -1.0), lit(false));
    return when(
        not(isEmpty(name)).and(not(isKnown)),
        concat(
            lit("has '"),
            text(name),
            lit("' in the column of class '" + name + "'; it must be 1, 0, -1 or empty.")));
  }
}
