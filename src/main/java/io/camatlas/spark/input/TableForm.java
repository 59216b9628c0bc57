package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.map_concat;
import static org.apache.spark.sql.functions.map_filter;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.camatlas.config.InputKind;
import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.collection.Iterator;

/** Images named by the rows of a table: manifests with paths, and tables of encoded images. */
abstract class TableForm implements ImageForm {
  private static final int PARTS_PER_CORE = 4;

  /** No picture is as large; of Spark's numbers, what is no number is larger. */
  private static final double MOST_PIXELS = 1e9;

  /** How much of a table of encoded images one task reads. */
  private static final String SPLIT_BYTES = String.valueOf(32L << 20);

  /** Spark's default of 4096 rows would be gigabytes of pictures. */
  private static final String ROWS_AT_ONCE = "32";

  /** A CSV manifest. */
  static final class Csv extends TableForm {
    Csv() {
      super(InputKind.CSV);
    }

    @Override
    public boolean fits(GivenInput given) {
      return given.isFile() && given.name().toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    @Override
    Dataset<Row> open(SparkSession spark, String given) {
      return spark
          .read()
          .option("header", "true")
          .option("escape", "\"")
          .option("multiLine", "true")
          .csv(given);
    }
  }

  /** A Parquet manifest, or a Parquet table of encoded images; a file or a folder of files. */
  static final class Parquet extends TableForm {
    private static final String END = ".parquet";
    private static final Map<String, String> VERSIONED =
        Map.of("_delta_log", "Delta Lake", ".hoodie", "Apache Hudi");

    Parquet() {
      super(InputKind.PARQUET);
    }

    @Override
    public boolean fits(GivenInput given) throws IOException {
      return given.isFolder()
          ? given.entries().stream().anyMatch(entry -> entry.path().getName().endsWith(END))
          : given.isFile() && given.name().toLowerCase(Locale.ROOT).endsWith(END);
    }

    @Override
    Dataset<Row> open(SparkSession spark, String given) {
      requireNoVersions(given);
      return spark.read().parquet(given);
    }

    /** Of a table with versions, the files hold rows that are deleted or replaced. */
    private static void requireNoVersions(String given) {
      for (Map.Entry<String, String> log : VERSIONED.entrySet()) {
        Path place =
            new Path(Globs.hasGlob(given) ? Globs.fixedPart(given) : new Path(given), log.getKey());
        try {
          if (place.getFileSystem(HadoopFiles.configuration()).exists(place)) {
            throw new InputException(
                "`images` is %s, which holds %s, a table of %s; its files hold rows of older versions, too. Give the name of the table in Spark's catalog, or write its current rows to a folder of Parquet."
                    .formatted(given, log.getKey(), log.getValue()));
          }
        } catch (IOException | IllegalArgumentException e) {
          // What cannot be looked at is told when it is read.
        }
      }
    }
  }

  /** A table or view of Spark's catalog. */
  static final class Catalog extends TableForm {
    Catalog() {
      super(InputKind.TABLE);
    }

    @Override
    public boolean fits(GivenInput given) {
      return given.isTable();
    }

    @Override
    Dataset<Row> open(SparkSession spark, String given) {
      return spark.table(given);
    }

    @Override
    Optional<String> base(SparkSession spark, String given) {
      return Optional.empty();
    }

    /** A temporary view lives in the session that made it. */
    @Override
    SparkSession forPictures(SparkSession spark, String given) {
      SparkSession own = super.forPictures(spark, given);
      own.catalog().setCurrentCatalog(spark.catalog().currentCatalog());
      own.catalog().setCurrentDatabase(spark.catalog().currentDatabase());
      try {
        boolean temporary = spark.catalog().getTable(given).isTemporary();
        return temporary || !own.catalog().tableExists(given) ? spark : own;
      } catch (AnalysisException e) {
        return spark;
      }
    }
  }

  private final InputKind kind;

  private TableForm(InputKind kind) {
    this.kind = kind;
  }

  @Override
  public final InputKind kind() {
    return kind;
  }

  abstract Dataset<Row> open(SparkSession spark, String given);

  /** The folder that a manifest's relative paths are resolved against. */
  Optional<String> base(SparkSession spark, String given) throws IOException {
    Path parent = Globs.orHere(new Path(given).getParent());
    FileSystem files = parent.getFileSystem(spark.sparkContext().hadoopConfiguration());
    return Optional.of(files.makeQualified(parent).toString());
  }

  @Override
  public SourceImages read(String given, Request request) throws IOException {
    Dataset<Row> table = open(request.spark(), given);
    List<String> columns = List.of(table.columns());
    Optional<String> content = request.contentColumn().among(binary(table), given);
    if (content.isEmpty() && !columns.contains(ImagesTable.PATH)) {
      throw new InputException(
          given
              + " has neither a column 'path' nor one of binary type; its columns are "
              + columns
              + NearestName.clause(ImagesTable.PATH, columns)
              + ".");
    }
    if (content.isPresent()
        && !columns.contains(ImagesTable.PATH)
        && !columns.contains(ImagesTable.IMAGE_ID)) {
      throw new InputException(
          given
              + " has no column 'image_id' or 'path' to name its images; its columns are "
              + columns
              + ".");
    }
    return content.isPresent()
        ? packed(given, content.get(), request)
        : manifest(table, given, request);
  }

  private SourceImages manifest(Dataset<Row> table, String given, Request request)
      throws IOException {
    SparkSession spark = request.spark();
    String base = base(spark, given).orElse(null);
    int tasks = PARTS_PER_CORE * spark.sparkContext().defaultParallelism();
    Dataset<Row> found =
        // One task reads the CSV file, but many tasks look up the files it lists.
        columns(table, given, request)
            .repartition(tasks)
            .mapPartitions(
                new ManifestRows(
                    base,
                    new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
                Encoders.row(FoundImage.SCHEMA));
    return SourceImages.files(
        SortedListing.of(request, found, List.of(), given, "lists no images"), kind);
  }

  private SourceImages packed(String given, String content, Request request) throws IOException {
    List<String> classes = request.classes();
    Dataset<Row> table = open(forPictures(request.spark(), given), given);
    Dataset<Row> rows = LabelIndex.named(columns(table, given, request, col(content)), classes);
    SortedListing.Listed listing =
        SortedListing.of(
            request, columns(table, given, request), classes, given, "holds no images");
    return new SourceImages(
        listing.rows(),
        listing.count(),
        listing.labels(),
        kind,
        Optional.of(new SourceImages.Packed(content, rows.drop(FoundImage.PROBLEM))));
  }

  /**
   * A session that reads pictures a few at a time; the user's own session is left unchanged for
   * other jobs.
   */
  SparkSession forPictures(SparkSession spark, String given) {
    SparkSession own = spark.newSession();
    Iterator<Tuple2<String, String>> settings = spark.conf().getAll().iterator();
    while (settings.hasNext()) {
      Tuple2<String, String> setting = settings.next();
      if (!setting._2().equals(own.conf().get(setting._1(), null))) {
        own.conf().set(setting._1(), setting._2());
      }
    }
    own.conf().set("spark.sql.files.maxPartitionBytes", SPLIT_BYTES);
    own.conf().set("spark.sql.parquet.columnarReaderBatchSize", ROWS_AT_ONCE);
    own.conf().set("spark.sql.orc.columnarReaderBatchSize", ROWS_AT_ONCE);
    return own;
  }

  private static Dataset<Row> columns(
      Dataset<Row> table, String name, Request request, Column... more) {
    List<String> columns = List.of(table.columns());
    LabelColumns labels = LabelColumns.of(table, request, name);
    Column path = orNull(columns, ImagesTable.PATH, DataTypes.StringType);
    Column id =
        columns.contains(ImagesTable.IMAGE_ID) && columns.contains(ImagesTable.PATH)
            ? coalesce(col(ImagesTable.IMAGE_ID).cast("string"), path)
            : columns.contains(ImagesTable.IMAGE_ID)
                ? col(ImagesTable.IMAGE_ID).cast("string")
                : path;
    Boxes boxes = boxes(table, columns, name);
    boolean hasBytes =
        columns.contains(ImagesTable.BYTES)
            && List.of(DataTypes.LongType, DataTypes.IntegerType)
                .contains(table.schema().apply(ImagesTable.BYTES).dataType());
    boolean hasHash =
        columns.contains(ImagesTable.SHA256)
            && table.schema().apply(ImagesTable.SHA256).dataType() instanceof StringType;
    Column[] first = {
      id.as(ImagesTable.IMAGE_ID),
      path.as(ImagesTable.PATH),
      (hasBytes ? col(ImagesTable.BYTES) : lit(null))
          .cast(DataTypes.LongType)
          .as(ImagesTable.BYTES),
      lit(null).cast(DataTypes.LongType).as(ImagesTable.MODIFIED),
      (hasHash ? col(ImagesTable.SHA256) : lit(null))
          .cast(DataTypes.StringType)
          .as(ImagesTable.SHA256),
      labels.label().as(ImagesTable.LABEL),
      boxes.boxes().as(ImagesTable.BOXES),
      orNull(columns, ImagesTable.MASK, DataTypes.StringType).as(ImagesTable.MASK),
      metadata(table, labels.columns()).as(ImagesTable.METADATA)
    };
    Column[] all = Arrays.copyOf(first, first.length + more.length + 1);
    for (int i = 0; i < more.length; i++) {
      all[first.length + i] = more[i].as(ImagesTable.CONTENT);
    }
    all[all.length - 1] = coalesce(boxes.problem(), labels.problem()).as(FoundImage.PROBLEM);
    return table.select(all);
  }

  /**
   * All further columns whose values are single ones, and those of an earlier map of metadata.
   *
   * @param labels columns that say which labels an image has
   */
  private static Column metadata(Dataset<Row> table, Set<String> labels) {
    List<String> names = new ArrayList<>();
    List<Column> entries = new ArrayList<>();
    Column earlier = null;
    for (StructField field : table.schema().fields()) {
      Column column = table.col("`" + field.name().replace("`", "``") + "`");
      if (field.name().equals(ImagesTable.METADATA)
          && field.dataType() instanceof MapType map
          && map.keyType() instanceof StringType) {
        earlier = column.cast(ImagesTable.METADATA_TYPE);
      } else if (!FoundImage.NOT_METADATA.contains(field.name())
          && !labels.contains(field.name())
          && isSingle(field.dataType())) {
        names.add(field.name());
        entries.add(lit(field.name()));
        entries.add(substring(column.cast(DataTypes.StringType), 1, ImagesTable.LONGEST_METADATA));
      }
    }
    Column own =
        entries.isEmpty()
            ? lit(null).cast(ImagesTable.METADATA_TYPE)
            : map(entries.toArray(new Column[0]));
    if (earlier == null) {
      return own;
    }
    if (entries.isEmpty()) {
      return earlier;
    }
    Column others = map_filter(earlier, (name, value) -> not(name.isin(names.toArray())));
    return coalesce(map_concat(others, own), own);
  }

  private static boolean isSingle(DataType type) {
    return type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  private static Column orNull(List<String> columns, String name, DataType type) {
    return (columns.contains(name) ? col(name) : lit(null)).cast(type);
  }

  private static List<String> binary(Dataset<Row> table) {
    return Arrays.stream(table.schema().fields())
        .filter(field -> field.dataType() instanceof BinaryType)
        .map(StructField::name)
        .toList();
  }

  private record Boxes(Column boxes, Column problem) {}

  /** Null where an edge is. */
  private static Column isBox(Column x0, Column y0, Column x1, Column y1) {
    return x0.leq(x1)
        .and(y0.leq(y1))
        .and(abs(x0).lt(MOST_PIXELS))
        .and(abs(y0).lt(MOST_PIXELS))
        .and(abs(x1).lt(MOST_PIXELS))
        .and(abs(y1).lt(MOST_PIXELS));
  }

  private static boolean hasEdges(DataType box) {
    return box instanceof StructType struct
        && Stream.of(struct.fieldNames())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .toList()
            .containsAll(List.of(ImagesTable.X0, ImagesTable.Y0, ImagesTable.X1, ImagesTable.Y1));
  }

  /** Boxes are given as an array of structs, or as JSON text [[x0,y0,x1,y1],…]. */
  private static Boxes boxes(Dataset<Row> given, List<String> columns, String name) {
    Column none = lit(null).cast(DataTypes.StringType);
    if (!columns.contains(ImagesTable.BOXES)) {
      return new Boxes(lit(null).cast(ImagesTable.BOXES_TYPE), none);
    }
    DataType type = given.schema().apply(ImagesTable.BOXES).dataType();
    if (type instanceof StringType) {
      ArrayType numbers =
          DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType));
      Column parsed = from_json(col(ImagesTable.BOXES), numbers);
      Column text = trim(col(ImagesTable.BOXES));
      Column whole =
          forall(
              parsed,
              box ->
                  size(box)
                      .equalTo(4)
                      .and(isBox(box.getItem(0), box.getItem(1), box.getItem(2), box.getItem(3))));
      Column wrong =
          text.isNotNull()
              .and(text.notEqual(""))
              .and(parsed.isNull().or(whole.isNull()).or(whole.equalTo(false)));
      Column message =
          concat(
              lit("has boxes '"),
              col(ImagesTable.BOXES),
              lit(
                  "'; they must be JSON like [[x0,y0,x1,y1],[…]], in pixels, left before right and top"
                      + " before bottom."));
      return new Boxes(
          when(
              whole,
              transform(
                  parsed,
                  box ->
                      struct(
                          box.getItem(0).as(ImagesTable.X0),
                          box.getItem(1).as(ImagesTable.Y0),
                          box.getItem(2).as(ImagesTable.X1),
                          box.getItem(3).as(ImagesTable.Y1)))),
          when(wrong, message));
    }
    if (type instanceof ArrayType list && hasEdges(list.elementType())) {
      Column whole =
          forall(
              col(ImagesTable.BOXES),
              box ->
                  isBox(
                      box.getField(ImagesTable.X0).cast("double"),
                      box.getField(ImagesTable.Y0).cast("double"),
                      box.getField(ImagesTable.X1).cast("double"),
                      box.getField(ImagesTable.Y1).cast("double")));
      Column message =
          concat(
              lit("has boxes "),
              col(ImagesTable.BOXES).cast(DataTypes.StringType),
              lit(
                  "; all edges must be there, in pixels, left before right and top before bottom."));
      return new Boxes(
          transform(
              col(ImagesTable.BOXES),
              box ->
                  struct(
                      box.getField(ImagesTable.X0).cast("double").as(ImagesTable.X0),
                      box.getField(ImagesTable.Y0).cast("double").as(ImagesTable.Y0),
                      box.getField(ImagesTable.X1).cast("double").as(ImagesTable.X1),
                      box.getField(ImagesTable.Y1).cast("double").as(ImagesTable.Y1))),
          when(col(ImagesTable.BOXES).isNotNull().and(not(coalesce(whole, lit(false)))), message));
    }
    throw new InputException(
        name
            + " has boxes of type "
            + type.simpleString()
            + "; they must be array<struct<x0,y0,x1,y1>> or JSON text.");
  }
}
