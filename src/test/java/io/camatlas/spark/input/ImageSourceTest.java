package io.camatlas.spark.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.TestScale;
import io.camatlas.config.InputKind;
import io.camatlas.image.ImageException;
import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Listings of folders, globs, manifests and tables. */
public class ImageSourceTest extends SparkSuite {
  @ClassRule public static final TemporaryFolder FOLDER = new TemporaryFolder();

  private SourceImages read(String given) throws IOException {
    return read(given, InputKind.AUTO);
  }

  private SourceImages read(String given, InputKind kind) throws IOException {
    return new ImageSource(session())
        .read(given, kind, Optional.empty(), FOLDER.newFolder() + "/listing");
  }

  private SourceImages readKnowing(String given, String... classes) throws IOException {
    return new ImageSource(session(), List.of(classes), Optional.empty())
        .read(given, InputKind.AUTO, Optional.empty(), FOLDER.newFolder() + "/listing");
  }

  private static List<String> ids(SourceImages images) {
    List<String> ids = new ArrayList<>();
    Iterator<Row> rows = images.listing().toLocalIterator();
    rows.forEachRemaining(row -> ids.add(row.getString(0)));
    return ids;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String failure(Row row) {
    try {
      return new String(
          HadoopFiles.read(row.getAs("path"), new Configuration(), 1000), StandardCharsets.UTF_8);
    } catch (IOException | ImageException e) {
      return e.getMessage();
    }
  }

  @Test
  public void aFolderIsListedInOrderWithLengthsTimesAndClasses() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("top.jpg"), "1");
    write(root.resolve("b/2.jpg"), "12");
    write(root.resolve("b/deep/er/3: ü#+%.jpg"), "123");
    write(root.resolve("a/x.txt"), "1234");
    write(root.resolve("a/.hidden"), "");
    write(root.resolve(".git/object"), "");
    SourceImages images = read(root.toString());
    assertThat(images.kind()).isEqualTo(InputKind.DIRECTORY);
    assertThat(images.count()).isEqualTo(4);
    assertThat(images.labels()).containsExactly("a", "b");
    assertThat(ids(images))
        .containsExactly("a/x.txt", "b/2.jpg", "b/deep/er/3: ü#+%.jpg", "top.jpg");
    assertThat(images.listing().schema().fieldNames())
        .containsExactly(ImagesTable.LISTING.fieldNames());
    for (Row row : images.listing().collectAsList()) {
      Path file = root.resolve(row.<String>getAs("image_id"));
      assertThat(row.<Long>getAs("bytes")).isEqualTo(Files.size(file));
      assertThat(row.<Long>getAs("modified")).isEqualTo(file.toFile().lastModified());
      assertThat(failure(row)).isEqualTo(Files.readString(file));
    }
  }

  @Test
  public void onlyTablesHaveAColumnOfImages() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a/1.jpg"), "one");
    for (String images : List.of(root.toString(), root + "/*/*.jpg")) {
      assertThatThrownBy(
              () ->
                  new ImageSource(session())
                      .read(images, InputKind.AUTO, Optional.of("jpeg"), root + "/listing"))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("`content-column` is 'jpeg', but `images` " + images)
          .hasMessageEndingWith(
              "not as a table; leave it out, or set `input-kind` to parquet or table.");
    }
  }

  @Test
  public void globsMatchFilesAndExpandBraces() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    for (String name : List.of("a/1.jpg", "a/2.png", "b/07.jpg", "b/08.jpg", "c/d/e.jpg")) {
      write(root.resolve(name), name);
    }
    write(root.resolve("a/.3.jpg"), "");
    assertThat(ids(read(root + "/*/*.jpg"))).containsExactly("a/1.jpg", "b/07.jpg", "b/08.jpg");
    assertThat(ids(read(root + "/{a/*,c/d/*}.jpg"))).containsExactly("a/1.jpg", "c/d/e.jpg");
    assertThat(ids(read(root + "/b/{06..07}.jpg"))).containsExactly("07.jpg");
    assertThat(ids(read(root + "/a/1.jpg"))).containsExactly("1.jpg");
    assertThatThrownBy(() -> read(root + "/*/*.bmp")).hasMessageContaining("holds no files");
    for (String hidden : List.of(".ipynb_checkpoints/1.jpg", ".cache/2.jpg", "c/.x/3.jpg")) {
      write(root.resolve(hidden), hidden);
    }
    assertThat(ids(read(root + "/*/*.jpg"))).containsExactly("a/1.jpg", "b/07.jpg", "b/08.jpg");
    assertThat(ids(read(root + "/*/1.jpg"))).containsExactly("a/1.jpg");
    assertThat(ids(read(root + "/c/*/*.jpg"))).containsExactly("d/e.jpg");
    assertThat(ids(read(root + "/{a,.c}*/*.jpg"))).containsExactly(".cache/2.jpg", "a/1.jpg");
    assertThat(ids(read(root + "/.c*/*.jpg"))).containsExactly(".cache/2.jpg");
    assertThat(ids(read(root + "/c/.x/*.jpg"))).containsExactly("3.jpg");
    assertThatThrownBy(() -> read(root + "/c/.y/*.jpg")).hasMessageContaining("holds no files");
    for (String pattern : List.of("/**/*.jpg", "/{a,**}/*.jpg", "/a/**")) {
      assertThatThrownBy(() -> read(root + pattern, InputKind.GLOB))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("** would stand for one folder only");
    }
    assertThat(BraceExpansion.of("s-{008..010}-{a,b}.tar"))
        .containsExactly("s-008-{a,b}.tar", "s-009-{a,b}.tar", "s-010-{a,b}.tar");
    assertThatThrownBy(() -> BraceExpansion.of("{3..1}")).hasMessageContaining("backwards");
  }

  @Test
  public void linksOutOfTheFolderAreFailuresAndNeverFollowed() throws IOException {
    Path outside = FOLDER.newFolder().toPath();
    write(outside.resolve("secret.jpg"), "secret");
    write(outside.resolve("more/secret.jpg"), "secret");
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a/real.jpg"), "real");
    Files.createSymbolicLink(root.resolve("a/out.jpg"), outside.resolve("secret.jpg"));
    Files.createSymbolicLink(root.resolve("outside"), outside.resolve("more"));
    Files.createSymbolicLink(root.resolve("a/loop"), root);
    Files.createSymbolicLink(root.resolve("a/same.jpg"), root.resolve("a/real.jpg"));
    Files.createSymbolicLink(root.resolve("a/gone.jpg"), root.resolve("a/none.jpg"));
    SourceImages images = read(root.toString());
    assertThat(ids(images))
        .containsExactly("a/gone.jpg", "a/out.jpg", "a/real.jpg", "a/same.jpg", "outside");
    List<Row> rows = images.listing().collectAsList();
    assertThat(failure(rows.get(0)))
        .contains("a/gone.jpg is a link to something that does not exist");
    assertThat(failure(rows.get(1))).contains("a/out.jpg is a link out of").contains("manifest");
    assertThat(failure(rows.get(2))).isEqualTo("real");
    assertThat(failure(rows.get(3))).isEqualTo("real");
    assertThat(failure(rows.get(4))).contains("outside is a link out of");
    assertThat(ids(read(root + "/outside/*"))).containsExactly("secret.jpg");
    assertThat(failure(read(root + "/*/secret.jpg").listing().head())).contains("is a link out");
    assertThat(read(root + "/*/*.jpg").listing().collectAsList())
        .extracting(row -> failure(row))
        .anyMatch(why -> why.contains("outside is a link out of"));
    assertThat(failure(read(root + "/{outside,none}/*").listing().head()))
        .contains("is a link out");
  }

  @Test
  public void manifestsNameFilesThatMayBeMissing() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("in/a.jpg"), "a");
    write(root.resolve("other.jpg"), "other");
    write(
        root.resolve("in/list.csv"),
        "path,label,boxes,image_id\n"
            + "a.jpg,cat,\"[[0,1,2,3]]\",\n"
            + "./gone.jpg,dog,,b\n"
            + root.resolve("other.jpg")
            + ",,,c\n"
            + "x:y.jpg,,,d\n");
    SourceImages images = read(root.resolve("in/list.csv").toString());
    assertThat(images.labels()).containsExactly("cat", "dog");
    assertThat(ids(images)).containsExactly("a.jpg", "b", "c", "d");
    List<Row> rows = images.listing().collectAsList();
    assertThat(rows.get(0).<Long>getAs("bytes")).isEqualTo(1);
    assertThat(rows.get(0).<Long>getAs("modified"))
        .isEqualTo(root.resolve("in/a.jpg").toFile().lastModified());
    assertThat(ImagesTable.boxes(rows.get(0))).hasSize(1);
    assertThat(rows.get(1).<Long>getAs("bytes")).isNull();
    assertThat(failure(rows.get(1))).contains("gone.jpg");
    assertThat(rows.get(2).<Long>getAs("bytes")).isEqualTo(5);
  }

  @Test
  public void furtherColumnsAreMetadata() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a.jpg"), "a");
    write(root.resolve("b.jpg"), "b");
    write(
        root.resolve("list.csv"),
        "path,label,site,patient.age,weird `name`\na.jpg,cat,B,41,x\nb.jpg,dog,,,\n");
    List<Row> rows = read(root.resolve("list.csv").toString()).listing().collectAsList();
    assertThat(ImagesTable.fromRow(rows.get(0)).metadata())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("site", "B", "patient.age", "41", "weird `name`", "x"));
    assertThat(ImagesTable.fromRow(rows.get(1)).metadata().values()).containsOnlyNulls();
  }

  @Test
  public void aColumnThatIsNearlyCalledLabelIsNoMetadata() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a.jpg"), "a");
    Path manifest = root.resolve("list.csv");
    for (String name : List.of("Label", " label", "LABEL")) {
      write(manifest, "path," + name + "\na.jpg,cat\n");
      assertThatThrownBy(() -> read(manifest.toString()))
          .isInstanceOf(InputException.class)
          .hasMessageMatching(
              ".*list.csv has no column 'label', but a column '"
                  + name
                  + "', so that its images would have no labels; rename it to 'label', or to"
                  + " another word if it holds none[.]");
    }
    write(manifest, "path,label,Label_Source,labels\na.jpg,cat,me,x\n");
    assertThat(read(manifest.toString()).labels()).containsExactly("cat");
  }

  @Test
  public void aColumnThatIsNearlyCalledBoxesIsNoMetadata() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a.jpg"), "a");
    Path manifest = root.resolve("list.csv");
    for (String name : List.of("Boxes", "MASK")) {
      write(manifest, "path," + name + "\na.jpg,x\n");
      assertThatThrownBy(() -> readKnowing(manifest.toString(), "cup"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(
              "but a column '" + name + "', which would be no more than metadata");
    }
  }

  @Test
  public void filesOfTablesWithVersionsAreNoTable() throws IOException {
    Path table = FOLDER.newFolder().toPath().resolve("table");
    session().sql("SELECT 'i1' AS image_id, 'p.jpg' AS path").write().parquet(table.toString());
    assertThat(ids(read(table.toString()))).containsExactly("i1");
    Files.createDirectories(table.resolve("_delta_log"));
    assertThatThrownBy(() -> read(table.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a table of Delta Lake");
  }

  @Test
  public void boxesThatAreNoStructsAreRefusedWithWords() throws IOException {
    String place = FOLDER.newFolder() + "/table";
    session()
        .sql("SELECT 'i1' AS image_id, 'p.jpg' AS path, array(array(1D, 2D, 3D, 4D)) AS boxes")
        .write()
        .parquet(place);
    assertThatThrownBy(() -> read(place))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has boxes of type array<array<double>>");
  }

  @Test
  public void tablesGiveSingleValuesAndEarlierMetadata() throws IOException {
    String place = FOLDER.newFolder() + "/table";
    session()
        .sql(
            "SELECT 'i1' AS image_id, 'p.jpg' AS path, 3 AS width, 4 AS height, 1.5D AS dose,"
                + " true AS flash, DATE'2024-01-02' AS day, array(1) AS many,"
                + " map('site', 'B', 'dose', 'old') AS metadata,"
                + " encode('x', 'UTF-8') AS content")
        .write()
        .option("mapKeyDedupPolicy", "LAST_WIN")
        .parquet(place);
    SourceImages images = read(place);
    Map<String, String> expected =
        Map.of("site", "B", "dose", "1.5", "flash", "true", "day", "2024-01-02");
    assertThat(ImagesTable.fromRow(images.listing().head()).metadata())
        .containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(ImagesTable.fromRow(images.packed().orElseThrow().rows().head()).metadata())
        .containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  public void manifestsDoNotClimbOutOfTheirFolder() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("other.jpg"), "other");
    write(root.resolve("in/up.csv"), "path\nx/../../other.jpg\n");
    assertThatThrownBy(() -> read(root.resolve("in/up.csv").toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'x/../../other.jpg'")
        .hasMessageContaining("absolute path");
    write(root.resolve("in/mask.csv"), "path,mask\na.jpg,../mask.png\n");
    assertThatThrownBy(() -> read(root.resolve("in/mask.csv").toString()))
        .hasMessageContaining("'../mask.png'");
    write(root.resolve("in/in.csv"), "path\nx/../a.jpg\n");
    assertThat(ids(read(root.resolve("in/in.csv").toString()))).containsExactly("x/../a.jpg");
  }

  @Test
  public void rowsThatCannotBeUsedAreNamed() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("twice.csv"), "path,image_id\na.jpg,x\nb.jpg,x\nc.jpg,y\n");
    assertThatThrownBy(() -> read(root.resolve("twice.csv").toString()))
        .hasMessageStartingWith("image_id 'x' appears twice");
    write(root.resolve("boxes.csv"), "path,boxes\na.jpg,\"[[1,2,3]]\"\n");
    assertThatThrownBy(() -> read(root.resolve("boxes.csv").toString()))
        .hasMessageContaining("boxes '[[1,2,3]]'; they must be JSON");
    for (String box : List.of("[300,40,80,90]", "[1,NaN,3,4]", "[1,null,3,4]")) {
      write(root.resolve("boxes.csv"), "path,boxes\na.jpg,\"[" + box + "]\"\n");
      assertThatThrownBy(() -> read(root.resolve("boxes.csv").toString()))
          .hasMessageContaining("boxes '[" + box + "]'; they must be JSON");
    }
    write(root.resolve("none.csv"), "path,label\n,x\n");
    assertThatThrownBy(() -> read(root.resolve("none.csv").toString()))
        .hasMessageContaining("a row without a path");
    write(root.resolve("empty.csv"), "path,label\n");
    assertThatThrownBy(() -> read(root.resolve("empty.csv").toString()))
        .hasMessageContaining("lists no images");
  }

  @Test
  public void tablesOfPicturesKeepTheirHashesAndTheUsersSettings() throws IOException {
    String place = FOLDER.newFolder() + "/table";
    session()
        .range(40)
        .select(
            functions.concat(functions.lit("i"), functions.col("id")).as("image_id"),
            functions.col("id").cast("string").as("label"),
            functions.lit(7L).as("bytes"),
            functions.lit("abc").as("sha256"),
            functions.encode(functions.col("id").cast("string"), "UTF-8").as("content"))
        .write()
        .parquet(place);
    String before = session().conf().get("spark.sql.files.maxPartitionBytes");
    SourceImages images =
        new ImageSource(session(), List.of("zero", "one", "two"), Optional.empty())
            .read(place, InputKind.AUTO, Optional.empty(), FOLDER.newFolder() + "/listing");
    assertThat(images.count()).isEqualTo(40);
    assertThat(images.labels()).contains("zero", "one", "two", "3").doesNotContain("0");
    assertThat(images.listing().where("bytes = 7 and sha256 = 'abc'").count()).isEqualTo(40);
    assertThat(
            images
                .packed()
                .orElseThrow()
                .rows()
                .where("image_id = 'i2'")
                .head()
                .<String>getAs("label"))
        .isEqualTo("two");
    assertThat(images.packed().get().rows().schema().fieldNames())
        .containsExactly(ImagesTable.SCHEMA.fieldNames());
    assertThat(session().conf().get("spark.sql.files.maxPartitionBytes")).isEqualTo(before);
    Dataset<Row> own = session().range(1).selectExpr("'i1' as image_id");
    assertThat(images.packed().get().rows().join(own, "image_id").count()).isEqualTo(1);
    assertThat(own.join(images.packed().get().rows(), "image_id").count()).isEqualTo(1);
  }

  private static SourceImages readSeveral(String given) throws IOException {
    return new ImageSource(session(), List.of("cat", "dog", "it's"), Optional.of(LabelSets.USUAL))
        .read(given, InputKind.AUTO, Optional.empty(), FOLDER.newFolder() + "/listing");
  }

  private static List<String> labels(SourceImages images) {
    return images.listing().orderBy("image_id").collectAsList().stream()
        .map(row -> row.<String>getAs("label"))
        .toList();
  }

  @Test
  public void severalLabelsAreATextAListOrAColumnForEachClass() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    for (String name : List.of("a.jpg", "b.jpg", "c.jpg")) {
      write(root.resolve(name), name);
    }
    write(root.resolve("text.csv"), "path,labels\na.jpg,cat|it's\nb.jpg,\nc.jpg,none\n");
    SourceImages text = readSeveral(root.resolve("text.csv").toString());
    assertThat(labels(text)).containsExactly("cat|it's", null, "none");
    assertThat(text.labels()).containsExactly("cat", "it's", "none");

    write(
        root.resolve("columns.csv"),
        """
        path,cat,it's,site,No Finding
        a.jpg,1,-1.0,x,
        b.jpg,0,,y,0
        c.jpg,True,false,z,
        d.jpg,,,z,1.0
        """);
    SourceImages columns = readSeveral(root.resolve("columns.csv").toString());
    assertThat(labels(columns))
        .containsExactly("cat|~dog|?it's", "~dog|~it's", "cat|~dog", "No Finding");
    // Columns of labels are no groups of images.
    assertThat(columns.listing().head().<Object>getAs("metadata")).hasToString("Map(site -> x)");

    String table = root.resolve("table").toString();
    session()
        .range(1)
        .selectExpr("'i1' image_id", "array('dog', 'cat') label", "encode('x', 'UTF-8') content")
        .union(session().sql("SELECT 'i2', array(), encode('x', 'UTF-8')"))
        .write()
        .parquet(table);
    SourceImages lists = readSeveral(table);
    assertThat(labels(lists)).containsExactly("dog|cat", "No Finding");
    assertThat(
            lists
                .packed()
                .orElseThrow()
                .rows()
                .where("image_id = 'i1'")
                .head()
                .<String>getAs("label"))
        .isEqualTo("dog|cat");
  }

  @Test
  public void whatAColumnOfAClassMayHoldIsTold() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    write(root.resolve("a.jpg"), "a");
    write(root.resolve("list.csv"), "path,cat,dog\na.jpg,1,2\n");
    assertThatThrownBy(() -> readSeveral(root.resolve("list.csv").toString()))
        .hasMessageContaining("has '2' in the column of class 'dog'; it must be 1, 0, -1 or empty");
    write(root.resolve("misspelt.csv"), "path,cat,It_s\na.jpg,1,0\n");
    assertThatThrownBy(() -> readSeveral(root.resolve("misspelt.csv").toString()))
        .hasMessageContaining("has no column 'it's', but a column 'It_s'");
    write(root.resolve("both.csv"), "path,label,cat\na.jpg,1,0\n");
    assertThatThrownBy(() -> readSeveral(root.resolve("both.csv").toString()))
        .hasMessageContaining("has a column 'label' and a column for class 'cat'");
    write(root.resolve("path.csv"), "path,mask,cat\na.jpg,,0\n");
    assertThatThrownBy(
            () ->
                new ImageSource(session(), List.of("cat", "mask"), Optional.of(LabelSets.USUAL))
                    .read(
                        root.resolve("path.csv").toString(),
                        InputKind.AUTO,
                        Optional.empty(),
                        FOLDER.newFolder() + "/listing"))
        .hasMessageContaining("Class 'mask' cannot have one");
  }

  @Test
  public void manyFilesInManyFoldersAreAllListed() throws IOException {
    Path root = FOLDER.newFolder().toPath();
    for (int i = 0; i < 100; i++) {
      Path folder = Files.createDirectories(root.resolve("class%02d/part".formatted(i)));
      for (int j = 0; j < 200; j++) {
        Files.createFile(folder.resolve("%04d.jpg".formatted(j)));
      }
    }
    Path flat = Files.createDirectories(root.resolve("flat"));
    for (int j = 0; j < 11_000; j++) {
      Files.createFile(flat.resolve("%05d.jpg".formatted(j)));
    }
    SourceImages images = read(root.toString());
    assertThat(images.count()).isEqualTo(31_000);
    assertThat(images.labels()).hasSize(101);
    assertThat(ids(images)).isSorted().hasSize(31_000);
  }

  @Test
  public void longManifestsStayInOrderOverSeveralFiles() throws IOException {
    TestScale.onlyNightly();
    Path list = FOLDER.newFolder().toPath().resolve("list.csv");
    try (BufferedWriter out = Files.newBufferedWriter(list)) {
      out.write("path,label\n");
      for (int i = 0; i < 260_000; i++) {
        out.write("gone/%06d.jpg,c%d%n".formatted((i * 7919L) % 260_000, i % 10));
      }
    }
    SourceImages images = read(list.toString());
    assertThat(images.count()).isEqualTo(260_000);
    assertThat(images.labels()).hasSize(10);
    Iterator<Row> rows = images.listing().toLocalIterator();
    for (int i = 0; i < 260_000; i++) {
      assertThat(rows.next().getString(0)).isEqualTo("gone/%06d.jpg".formatted(i));
    }
    assertThat(rows.hasNext()).isFalse();
  }
}
