package io.camatlas.spark.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.config.InputKind;
import io.camatlas.image.ImageException;
import io.camatlas.image.ImageProblem;
import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebDataset shards, made by a library, by the system's tar, and damaged by hand. */
class ShardListingTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = SparkSuite.session();
  }

  private record File(String name, String text) {}

  private static void tar(Path file, List<File> files) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (File each : files) {
        byte[] bytes = each.text().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(each.name(), true);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
      }
    }
  }

  private List<Row> rows(String given, String... classes) throws IOException {
    return images(given, classes).listing().collectAsList();
  }

  private SourceImages images(String given, String... classes) throws IOException {
    return images(given, Optional.empty(), classes);
  }

  private SourceImages images(String given, Optional<LabelSets> several, String... classes)
      throws IOException {
    return new ImageSource(spark, List.of(classes), several)
        .read(
            given,
            InputKind.AUTO,
            Optional.empty(),
            Files.createTempDirectory(folder, "listing") + "/x");
  }

  private static List<String> ids(List<Row> rows) {
    return rows.stream().map(row -> row.getString(0)).toList();
  }

  private static String read(Row row) throws IOException, ImageException {
    return new String(
        HadoopFiles.read(row.getAs("path"), new Configuration(), 1000), StandardCharsets.UTF_8);
  }

  /** A sample that has one label does not take a list beside it for it. */
  @Test
  void samplesMayGiveSeveralLabels() throws Exception {
    Path shard = folder.resolve("several.tar");
    tar(
        shard,
        List.of(
            new File("1.json", "{\"labels\": [\"dog\", \"cat\"], \"class\": \"dog\"}"),
            new File("1.jpg", "one"),
            new File("2.json", "{\"labels\": [], \"site\": \"A\"}"),
            new File("2.jpg", "two"),
            new File("3.json", "{\"label\": \"cat|?dog\"}"),
            new File("3.jpg", "three"),
            new File("4.jpg", "four")));
    assertThat(rows(shard.toString(), "cat", "dog"))
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("dog", null, "cat|?dog", null);
    assertThat(
            images(shard.toString(), Optional.of(LabelSets.USUAL), "cat", "dog")
                .listing()
                .collectAsList())
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("dog|cat", "No Finding", "cat|?dog", null);
  }

  /** Whether a sample's labels are read as one or as several is known after packing. */
  @Test
  void labelsOfAPackedSampleAreKeptOrAnError() throws Exception {
    Path shard = folder.resolve("to-pack.tar");
    tar(
        shard,
        List.of(
            new File("1.json", "{\"labels\": [\"dog\", \"cat\"]}"),
            new File("1.jpg", "one"),
            new File("2.json", "{\"label\": []}"),
            new File("2.jpg", "two"),
            new File("3.json", "{\"labels\": [\"dog\"], \"label\": \"dog\"}"),
            new File("3.jpg", "three"),
            new File("4.json", "{\"labels\": [0, 1], \"class\": 3}"),
            new File("4.jpg", "four"),
            new File("5.json", "{\"labels\": [\"dog\", \"cat\"], \"label\": \"dog\"}"),
            new File("5.cls", "cat"),
            new File("5.jpg", "five"),
            new File("6.json", "{\"labels\": \"dog|cat\"}"),
            new File("6.jpg", "six"),
            new File("7.json", "{\"labels\": [], \"label\": \"dog\"}"),
            new File("7.jpg", "seven")));
    assertThat(toPack(shard).listing().collectAsList())
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("dog|cat", "No Finding", "dog", "3", "cat", "dog|cat", "dog");
    Path text = folder.resolve("text.tar");
    tar(
        text,
        List.of(
            new File("1.json", "{\"label\": \"dog\", \"labels\": \"dog|cat\"}"),
            new File("1.jpg", "one")));
    assertThatThrownBy(() -> toPack(text))
        .hasMessageContaining("the label 'dog' beside the list of labels [dog|cat]");
    Path both = folder.resolve("both.tar");
    tar(
        both,
        List.of(
            new File("1.json", "{\"labels\": [\"dog\", \"cat\"], \"class\": \"dog\"}"),
            new File("1.jpg", "one")));
    assertThatThrownBy(() -> toPack(both))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "`images` "
                + both
                + " contains 1.json, which has the label 'dog' beside the list of labels [dog, cat],"
                + " and a packed table keeps one of them; leave one out, or explain the shards"
                + " themselves.");
    Path separated = folder.resolve("separated.tar");
    tar(
        separated,
        List.of(new File("1.json", "{\"labels\": [\"cat|dog\"]}"), new File("1.jpg", "one")));
    assertThatThrownBy(() -> toPack(separated))
        .hasMessageEndingWith(
            " contains 1.json, whose list has the label 'cat|dog'; '|' stands between labels, so"
                + " leave it out of their names.");
  }

  private SourceImages toPack(Path shard) throws IOException {
    return ImageSource.toPack(spark)
        .read(
            shard.toString(),
            InputKind.AUTO,
            Optional.empty(),
            Files.createTempDirectory(folder, "listing") + "/x");
  }

  @Test
  void samplesGiveImagesLabelsAndPlaces() throws Exception {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    String longName = "n/".repeat(80) + "ü".repeat(60);
    tar(
        shards.resolve("train-000.tar"),
        List.of(
            new File("a.b/0001.JPG", "one"),
            new File("a.b/0001.cls", "1\n"),
            new File("a.b/0001.txt", "a caption"),
            new File("0002.cls", "cat"),
            new File("0002.seg.png", "mask"),
            new File("0002.jpg", "two"),
            new File("0003.json", "{\"label\": \"dog\", \"x\": 1}"),
            new File("0003.jpg", "three"),
            new File("0004.json", "{\"class\": 0}"),
            new File("0004.webp", "four"),
            new File("0005.json", "{\"label\": 1.5}"),
            new File("0005.bmp", "five"),
            new File(longName + ".png", "long"),
            new File(".hidden.jpg", "x"),
            new File("../../up.jpg", "up"),
            new File("/etc/abs.jpg", "abs"),
            new File("noextension", "x")));
    tar(shards.resolve("train-001.tar"), List.of(new File("0001.jpg", "other")));
    Files.writeString(shards.resolve("_SUCCESS"), "");
    SourceImages images = images(shards.toString(), "zebra", "horse");
    assertThat(images.kind()).isEqualTo(InputKind.WEBDATASET);
    List<Row> rows = images.listing().orderBy("bytes", "image_id").collectAsList();
    assertThat(new TreeSet<>(ids(rows)))
        .containsExactlyInAnyOrder(
            "train-000/a.b/0001.JPG",
            "train-000/0002.seg.png",
            "train-000/0002.jpg",
            "train-000/0003.jpg",
            "train-000/0004.webp",
            "train-000/0005.bmp",
            "train-000/" + longName + ".png",
            "train-000/../../up.jpg",
            "train-000//etc/abs.jpg",
            "train-001/0001.jpg");
    assertThat(images.labels()).containsExactly("cat", "dog", "horse", "zebra");
    assertThat(rows)
        .filteredOn(row -> row.getString(0).contains("/0003"))
        .extracting(row -> ImagesTable.fromRow(row).metadata())
        .containsExactly(Map.of("x", "1"));
    for (Row row : rows) {
      String text = read(row);
      assertThat(row.<Long>getAs("bytes")).isEqualTo(text.length());
      assertThat(row.<Long>getAs("modified")).isPositive();
      String id = row.getString(0);
      String expected =
          id.contains("a.b/0001")
              ? "one horse"
              : id.contains("0002.jpg")
                  ? "two cat"
                  : id.contains("0003")
                      ? "three dog"
                      : id.contains("0004")
                          ? "four zebra"
                          : id.contains("001/0001") ? "other null" : null;
      if (expected != null) {
        assertThat(text + " " + row.getAs("label")).isEqualTo(expected);
      }
    }
    assertThat(rows(shards.toString()))
        .anyMatch(row -> row.getString(0).endsWith("0001.JPG") && "1".equals(row.getAs("label")));
    assertThat(ids(rows(shards.resolve("train-001.tar").toString())))
        .containsExactly("train-001/0001.jpg");
    assertThat(rows(shards + "/train-{000..001}.tar")).hasSize(10);
    assertThat(rows(shards + "/train-*.tar")).hasSize(10);
    assertThatThrownBy(() -> rows(shards + "/train-{000..002}.tar"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train-002.tar, which does not exist");
  }

  @Test
  void rangesWithinAlternativesAreExpanded() {
    assertThat(BraceExpansion.of("{extra,train-{0..1}}.tar"))
        .containsExactly("extra.tar", "train-0.tar", "train-1.tar");
    assertThat(BraceExpansion.of("{a,b}.tar")).containsExactly("{a,b}.tar");
  }

  /** As pandas writes indices of a column in which any is missing, and Python what is no number. */
  @Test
  void wholeNumbersWithADecimalPointAreIndicesToo() throws Exception {
    Path shard = folder.resolve("whole.tar");
    tar(
        shard,
        List.of(
            new File("1.json", "{\"label\": 1.0, \"age\": NaN, \"site\": \"A\"}"),
            new File("1.jpg", "one"),
            new File("2.cls", "0.0"),
            new File("2.jpg", "two"),
            new File("3.json", "\ufeff{\"label\": \"dog\"}"),
            new File("3.jpg", "three"),
            new File("4.json", "{\"label\": 1.5}"),
            new File("4.jpg", "four"),
            new File("5.json", "{\"label\": NaN}"),
            new File("5.jpg", "five")));
    List<Row> rows = rows(shard.toString(), "cat", "dog");
    assertThat(rows)
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("dog", "cat", "dog", null, null);
    assertThat(ImagesTable.fromRow(rows.get(0)).metadata()).isEqualTo(Map.of("site", "A"));
    assertThat(LabelIndex.named("1.0", List.of("cat", "dog"))).isEqualTo("dog");
    assertThat(LabelIndex.named(1.0, List.of("cat", "dog"))).isEqualTo("dog");
    assertThat(LabelIndex.named("1.5", List.of("cat", "dog"))).isEqualTo("1.5");
    assertThat(LabelIndex.named(7, List.of("cat", "dog"))).isEqualTo("7");
    // A number is an index, whatever classes are called.
    assertThat(LabelIndex.named(1.0, List.of("1", "2", "3"))).isEqualTo("2");
    assertThat(LabelIndex.named("1", List.of("1", "2", "3"))).isEqualTo("1");
    assertThatThrownBy(() -> LabelIndex.named(3, List.of("1", "2", "3")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the number 3")
        .hasMessageContaining("cast the labels to strings");
    assertThat(LabelIndex.named("1.0", List.of("1.0", "2.0"))).isEqualTo("1.0");
  }

  /** Of the classes 1, 2 and 3, the index 1 would be read as the name of the class before. */
  @Test
  void labelsAreNotIndicesInOneSampleAndNamesInAnother() throws Exception {
    Path shard = folder.resolve("mixed.tar");
    tar(
        shard,
        List.of(
            new File("1.cls", "0"),
            new File("1.jpg", "one"),
            new File("2.cls", "1"),
            new File("2.jpg", "two"),
            new File("3.cls", "cat"),
            new File("3.jpg", "three")));
    String given = shard.toString();
    assertThatThrownBy(() -> rows(given, "1", "2", "3"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "`images` %s has the label '1', which is the name of a class, and the label '0', which is none and could only be the index of one; give all labels as names, or all classes names that are no numbers."
                .formatted(given));
    // Both readings agree, or there is only one.
    assertThat(rows(given, "0", "1", "2"))
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("0", "1", "cat");
    assertThat(rows(given, "x", "1", "2"))
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("x", "1", "cat");
    assertThat(rows(given, "7", "8", "cat"))
        .extracting(row -> row.<String>getAs("label"))
        .containsExactly("7", "8", "cat");
  }

  @Test
  void imagesWhoseLabelCannotBeReadAreFailures() throws Exception {
    Path shard = folder.resolve("labels.tar");
    String tooLong = "x".repeat((1 << 20) + 1);
    tar(
        shard,
        List.of(
            new File("1.json", "{\"label\": \"dog\""),
            new File("1.jpg", "one"),
            new File("1.png", "one, too"),
            new File("2.jpg", "two"),
            new File("2.cls", tooLong),
            new File("3.json", tooLong),
            new File("3.jpg", "three"),
            new File("4.json", ""),
            new File("4.jpg", "four"),
            new File("5.json", "{broken"),
            new File("5.cls", "cat"),
            new File("5.jpg", "five"),
            new File("6.jpg", "six")));
    List<Row> rows = rows(shard.toString(), "cat", "dog");
    List<String> wrong =
        List.of(
            "contains 1.json, which is no JSON: Unexpected end-of-input",
            "contains 1.json, which is no JSON: Unexpected end-of-input",
            "contains 2.cls, which has 1048577 bytes; a label may have 1048576",
            "contains 3.json, which has 1048577 bytes; a label may have 1048576",
            "contains 4.json, which is no JSON: it is empty");
    assertThat(ids(rows))
        .containsExactly(
            "labels/1.jpg",
            "labels/1.png",
            "labels/2.jpg",
            "labels/3.jpg",
            "labels/4.jpg",
            "labels/5.jpg",
            "labels/6.jpg");
    for (int i = 0; i < wrong.size(); i++) {
      Row row = rows.get(i);
      assertThatThrownBy(() -> read(row))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("labels.tar " + wrong.get(i));
      assertThat(row.<String>getAs("label")).isNull();
    }
    // The other file gives its label.
    assertThat(read(rows.get(5))).isEqualTo("five");
    assertThat(rows.get(5).<String>getAs("label")).isEqualTo("cat");
    assertThat(read(rows.get(6))).isEqualTo("six");
  }

  @Test
  void largeEntriesAreRefusedAsLargeFilesAre() throws Exception {
    Path shard = folder.resolve("s.tar");
    tar(shard, List.of(new File("a.jpg", "x".repeat(2000)), new File("b.jpg", "b")));
    List<Row> rows = rows(shard.toString());
    assertThatThrownBy(() -> read(rows.get(0)))
        .isInstanceOfSatisfying(
            ImageException.class,
            e -> assertThat(e.reason()).isEqualTo(ImageProblem.TOO_MANY_BYTES))
        .hasMessageContaining("2000 bytes");
    assertThat(read(rows.get(1))).isEqualTo("b");
  }

  @Test
  void imagesBeforeTheDamageCountAndTheDamageIsAFailure() throws Exception {
    Path shard = folder.resolve("whole.tar");
    tar(
        shard,
        List.of(
            new File("a.jpg", "a".repeat(600)),
            new File("b.jpg", "b".repeat(600)),
            new File("c.jpg", "c".repeat(600))));
    byte[] bytes = Files.readAllBytes(shard);
    Path cut = folder.resolve("cut.tar");
    Files.write(cut, Arrays.copyOf(bytes, 1536 + 512 + 300));
    List<Row> rows = rows(cut.toString());
    assertThat(ids(rows)).containsExactly("cut/a.jpg", "cut/damaged at 1536");
    assertThat(read(rows.get(0))).hasSize(600);
    assertThatThrownBy(() -> read(rows.get(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut.tar is damaged at byte 1536")
        .hasMessageContaining("it was cut off");
    Path garbled = folder.resolve("garbled.tar");
    byte[] wrong = bytes.clone();
    wrong[1536 + 20] ^= 1;
    Files.write(garbled, wrong);
    assertThat(ids(rows(garbled.toString())))
        .containsExactly("garbled/a.jpg", "garbled/damaged at 1536");
    Path text = folder.resolve("text.tar");
    Files.writeString(text, "this is no tar file ".repeat(100));
    assertThat(ids(rows(text.toString()))).containsExactly("text/damaged at 0");
    Path header = folder.resolve("header.tar");
    Files.write(header, Arrays.copyOf(bytes, 1536 + 100));
    assertThat(ids(rows(header.toString())))
        .containsExactly("header/a.jpg", "header/damaged at 1536");
    Path unended = folder.resolve("unended.tar");
    Files.write(unended, Arrays.copyOf(bytes, 1536));
    assertThat(ids(rows(unended.toString()))).containsExactly("unended/a.jpg");
    Files.write(folder.resolve("empty.tar"), new byte[1024]);
    assertThatThrownBy(() -> rows(folder.resolve("empty.tar").toString()))
        .hasMessageContaining("holds no images");
    // As a download that was interrupted leaves it.
    Files.createFile(folder.resolve("none.tar"));
    assertThat(ids(rows(folder.resolve("none.tar").toString())))
        .containsExactly("none/damaged at 0");
  }

  /** Files of 600 bytes take three blocks of 512, a header and two of data. */
  @Test
  void zerosOverAHeaderAreDamageAndNoEnd() throws Exception {
    Path shard = folder.resolve("whole.tar");
    tar(
        shard,
        List.of(
            new File("a.jpg", "a".repeat(600)),
            new File("b.jpg", "b".repeat(600)),
            new File("c.jpg", "c".repeat(600))));
    byte[] bytes = Files.readAllBytes(shard);
    for (int blocks : List.of(1, 2, 3)) {
      byte[] holed = bytes.clone();
      Arrays.fill(holed, 1536, 1536 + 512 * blocks, (byte) 0);
      Path hole = folder.resolve("hole" + blocks + ".tar");
      Files.write(hole, holed);
      List<Row> rows = rows(hole.toString());
      String id = "hole" + blocks + "/";
      assertThat(ids(rows)).containsExactly(id + "a.jpg", id + "damaged at 1536");
      assertThatThrownBy(() -> read(rows.get(1)))
          .hasMessageContaining("is damaged at byte 1536")
          .hasMessageContaining("zeros where a header must be, and something else behind them");
    }
    // Tapes have records of some MiB, which zeros fill; an archive may have one block of them.
    for (int end : List.of(512, 700, 1024, 10 << 20)) {
      Path padded = folder.resolve("padded" + end + ".tar");
      Files.write(padded, Arrays.copyOf(Arrays.copyOf(bytes, 3 * 1536), 3 * 1536 + end));
      assertThat(ids(rows(padded.toString()))).hasSize(3).noneMatch(id -> id.contains("damaged"));
    }
    Path unwritten = folder.resolve("unwritten.tar");
    Files.write(unwritten, Arrays.copyOf(Arrays.copyOf(bytes, 1536), 1536 + (17 << 20)));
    List<Row> rows = rows(unwritten.toString());
    assertThat(ids(rows)).containsExactly("unwritten/a.jpg", "unwritten/damaged at 1536");
    assertThatThrownBy(() -> read(rows.get(1)))
        .hasMessageContaining("more than 16777216 bytes of zeros");
  }

  @Test
  void aNameWithoutItsEntryIsDamage() throws Exception {
    Path shard = folder.resolve("whole.tar");
    tar(shard, List.of(new File("a.jpg", "a"), new File("b".repeat(200) + ".jpg", "b")));
    byte[] bytes = Files.readAllBytes(shard);
    for (int end : List.of(0, 1024)) {
      Path cut = folder.resolve("cut" + end + ".tar");
      // The first file and the header and data of the second one's name are two blocks each.
      Files.write(cut, Arrays.copyOf(Arrays.copyOf(bytes, 2048), 2048 + end));
      List<Row> rows = rows(cut.toString());
      assertThat(ids(rows))
          .containsExactly("cut" + end + "/a.jpg", "cut" + end + "/damaged at 1024");
      assertThatThrownBy(() -> read(rows.get(1)))
          .hasMessageContaining("the name or size of an entry is the last thing in it");
    }
  }

  @Test
  void linksInAShardAreFailuresAndFoldersAreNothing() throws Exception {
    Path shard = folder.resolve("links.tar");
    try (OutputStream out = Files.newOutputStream(shard);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.putArchiveEntry(new TarArchiveEntry("folder.jpg/"));
      tar.closeArchiveEntry();
      TarArchiveEntry link = new TarArchiveEntry("a.jpg", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      tar.putArchiveEntry(new TarArchiveEntry("b.jpg"));
      tar.closeArchiveEntry();
      TarArchiveEntry label = new TarArchiveEntry("b.cls", TarConstants.LF_SYMLINK);
      label.setLinkName("a.cls");
      tar.putArchiveEntry(label);
      tar.closeArchiveEntry();
    }
    List<Row> rows = rows(shard.toString());
    assertThat(ids(rows)).containsExactly("links/a.jpg", "links/b.jpg");
    assertThatThrownBy(() -> read(rows.get(0))).hasMessageContaining("links are not followed");
    assertThatThrownBy(() -> read(rows.get(1)))
        .hasMessageContaining("contains the link b.cls, and links are not followed");
  }

  @Test
  void compressedShardsAreRefused() throws Exception {
    Files.writeString(folder.resolve("a.tar.gz"), "x");
    assertThatThrownBy(() -> rows(folder.resolve("a.tar.gz").toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("unpack it to a plain .tar");
    assertThatThrownBy(() -> rows(folder + "/*.tar.gz")).hasMessageContaining("plain .tar");
  }

  @Test
  void theSystemsTarIsReadInBothItsFormats() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source"));
    String deep = "d".repeat(90) + "/" + "e".repeat(90) + "/ü" + "f".repeat(90);
    Files.createDirectories(source.resolve(deep).getParent());
    Files.writeString(source.resolve(deep + ".jpg"), "deep");
    Files.writeString(source.resolve(deep + ".cls"), "cat");
    Files.writeString(source.resolve("short.png"), "short");
    for (String format : List.of("gnu", "pax", "ustar")) {
      Path shard = folder.resolve(format + ".tar");
      String what = format.equals("ustar") ? "short.png" : ".";
      Process process;
      try {
        process =
            new ProcessBuilder(
                    "tar", "--format=" + format, "-cf", shard.toString(), "-C", "" + source, what)
                .start();
      } catch (IOException e) {
        Assumptions.abort("There is no tar on this machine.");
        return;
      }
      Assumptions.assumeTrue(process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0);
      List<Row> rows = rows(shard.toString());
      if (format.equals("ustar")) {
        assertThat(ids(rows)).containsExactly("ustar/short.png");
        continue;
      }
      assertThat(ids(rows))
          .containsExactlyInAnyOrder(format + "/" + deep + ".jpg", format + "/short.png");
      for (Row row : rows) {
        boolean isDeep = row.getString(0).contains("ddd");
        assertThat(read(row)).isEqualTo(isDeep ? "deep" : "short");
        assertThat(row.<String>getAs("label")).isEqualTo(isDeep ? "cat" : null);
      }
    }
  }

  /** Pictures that are known by their extension, in a shard whose name is in capitals. */
  @Test
  void picturesOfSeldomExtensionsAreNotPassedOver() throws Exception {
    Path shard = folder.resolve("TRAIN.TAR");
    tar(
        shard,
        List.of(
            new File("1.jpg", "one"),
            new File("2.jfif", "two"),
            new File("3.heic", "three"),
            new File("3.txt", "no picture")));
    List<Row> rows = rows(shard.toString());
    assertThat(ids(rows)).containsExactlyInAnyOrder("TRAIN/1.jpg", "TRAIN/2.jfif", "TRAIN/3.heic");
    assertThat(read(rows.get(0))).isEqualTo("one");
  }
}
