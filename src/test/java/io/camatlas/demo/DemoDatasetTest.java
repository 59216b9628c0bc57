package io.camatlas.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDatasetTest {
  private static final Pattern BOX = Pattern.compile("\\[(\\d+),(\\d+),(\\d+),(\\d+)\\]");
  private static final DemoSettings SETTINGS = DemoSettings.audit(4, 42);

  @TempDir static Path shared;
  private static List<Row> rows;

  private record Row(String path, String label, List<Rectangle> boxes, boolean watermark) {
    static Row parse(String line) {
      String[] quoted = line.split("\"", -1);
      String[] before = quoted[0].split(",", -1);
      String[] after = quoted[2].split(",", -1);
      List<Rectangle> boxes = new ArrayList<>();
      Matcher m = BOX.matcher(quoted[1]);
      while (m.find()) {
        int x = Integer.parseInt(m.group(1));
        int y = Integer.parseInt(m.group(2));
        boxes.add(
            new Rectangle(
                x, y, Integer.parseInt(m.group(3)) - x, Integer.parseInt(m.group(4)) - y));
      }
      return new Row(before[0], before[1], boxes, Boolean.parseBoolean(after[1]));
    }

    BufferedImage image() throws IOException {
      return ImageIO.read(shared.resolve(path).toFile());
    }

    BufferedImage mask() throws IOException {
      String name = path.replaceFirst("^images", "masks").replaceFirst("\\.\\w+$", ".png");
      return ImageIO.read(shared.resolve(name).toFile());
    }
  }

  @BeforeAll
  static void writeOnce() throws IOException {
    List<String> lines = Files.readAllLines(DemoDataset.write(shared, SETTINGS));
    assertThat(lines.get(0)).isEqualTo("path,label,boxes,watermark,split");
    rows = lines.stream().skip(1).map(Row::parse).toList();
  }

  @Test
  void equalSettingsGiveEqualBytesAndALargerSetStartsWithTheSmallerOne(@TempDir Path dir)
      throws IOException {
    DemoDataset.write(dir, DemoSettings.audit(2, 42));
    Map<String, byte[]> small = files(dir);
    Map<String, byte[]> large = files(shared);
    assertThat(small).hasSize(2 * 2 * DemoDataset.classes().size() + 1);
    small.forEach(
        (name, bytes) -> {
          if (!name.equals("manifest.csv")) {
            assertThat(large.get(name)).as(name).isEqualTo(bytes);
          }
        });
  }

  @Test
  void someClassesHaveThePicturesThatTheyHaveInTheWholeSet(@TempDir Path dir) throws IOException {
    DemoDataset.write(dir, SETTINGS, List.of("anchor", "key"));
    Map<String, byte[]> some = files(dir);
    Map<String, byte[]> all = files(shared);
    assertThat(some).hasSize(2 * 2 * 4 + 1);
    some.forEach(
        (name, bytes) -> {
          if (!name.equals("manifest.csv")) {
            assertThat(all.get(name)).as(name).isEqualTo(bytes);
          }
        });
    assertThatThrownBy(() -> DemoDataset.write(dir.resolve("no"), SETTINGS, List.of("anker")))
        .hasMessageStartingWith("The classes are [anker]; each must be one of [anchor, balloon,");
    assertThat(dir.resolve("no")).doesNotExist();
  }

  @Test
  void anotherSeedGivesOtherPictures() {
    assertThat(pixels(Scene.of(DemoClass.CUP, 1, DemoSettings.audit(1, 1))))
        .isNotEqualTo(pixels(Scene.of(DemoClass.CUP, 1, DemoSettings.audit(1, 2))));
  }

  @Test
  void thereAreTenClassesAndEachHasItsPictures() {
    assertThat(DemoDataset.classes()).hasSize(10).isSorted().contains("anchor");
    for (String label : DemoDataset.classes()) {
      assertThat(rows.stream().filter(r -> r.label().equals(label))).hasSize(4);
    }
  }

  @Test
  void boxesLieInThePictureAndTightlyEncloseTheMask() throws IOException {
    for (Row row : rows) {
      BufferedImage mask = row.mask();
      BufferedImage image = row.image();
      assertThat(mask.getWidth()).isEqualTo(image.getWidth()).isBetween(200, 800);
      assertThat(mask.getHeight()).isEqualTo(image.getHeight()).isBetween(200, 800);
      assertThat(row.boxes()).as(row.path()).isNotEmpty();
      Rectangle frame = new Rectangle(mask.getWidth(), mask.getHeight());
      Rectangle all = new Rectangle(row.boxes().get(0));
      for (Rectangle box : row.boxes()) {
        assertThat(frame.contains(box)).as(row.path()).isTrue();
        all.add(box);
      }
      Rectangle seen = new Rectangle(-1, -1);
      int astray = 0;
      for (int y = 0; y < mask.getHeight(); y++) {
        for (int x = 0; x < mask.getWidth(); x++) {
          int value = mask.getRaster().getSample(x, y, 0);
          if (value == 255) {
            seen.add(new Rectangle(x, y, 1, 1));
            int px = x;
            int py = y;
            astray += row.boxes().stream().anyMatch(b -> b.contains(px, py)) ? 0 : 1;
          } else {
            astray += value == 0 ? 0 : 1;
          }
        }
      }
      assertThat(astray).as(row.path()).isZero();
      assertThat(seen).as(row.path()).isEqualTo(all);
    }
  }

  @Test
  void somePicturesShowSeveralObjects() {
    assertThat(rows.stream().filter(r -> r.boxes().size() > 1)).hasSizeBetween(4, 25);
  }

  @Test
  void bothFileFormatsOccur() {
    assertThat(rows.stream().map(r -> r.path().substring(r.path().length() - 4)))
        .contains(".jpg", ".png");
  }

  @Test
  void badgeMarksTheWatermarkedClassOnly() {
    DemoSettings always = new DemoSettings(1, 5, 1, 0, "audit");
    for (DemoClass shown : DemoClass.values()) {
      assertThat(Scene.of(shown, 1, always).watermarked())
          .isEqualTo(shown == DemoClass.WATERMARKED);
    }
  }

  @Test
  void badgeChangesOnlyTheLowerLeftCorner() {
    for (int index = 1; index <= 8; index++) {
      Scene with = Scene.of(DemoClass.ANCHOR, index, new DemoSettings(1, 5, 1, 0, "audit"));
      Scene without = Scene.of(DemoClass.ANCHOR, index, new DemoSettings(1, 5, 0, 0, "audit"));
      int width = with.image().getWidth();
      int height = with.image().getHeight();
      int changed = 0;
      int elsewhere = 0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          if (with.image().getRGB(x, y) != without.image().getRGB(x, y)) {
            changed++;
            elsewhere += x < width / 2 && y > height / 2 ? 0 : 1;
          }
        }
      }
      assertThat(elsewhere).isZero();
      assertThat(changed / (double) (width * height)).isBetween(0.015, 0.04);
      assertThat(with.boxes()).isEqualTo(without.boxes());
    }
  }

  @Test
  void picturesAreNeverMixedWithOlderOnes() {
    assertThatThrownBy(() -> DemoDataset.write(shared, SETTINGS))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("images")
        .hasMessageContaining("choose an empty folder");
  }

  @Test
  void wrongSettingsNameValueRuleAndRemedy() {
    assertThatThrownBy(() -> DemoSettings.audit(0, 1))
        .hasMessage("images-per-class is 0; it must be from 1 to 9999. Try 60.");
    assertThatThrownBy(() -> new DemoSettings(1, 1, 90, 0, "audit"))
        .hasMessage(
            "watermark-share is 90.0; it must be from 0 to 1. Try 0.9 for nine pictures in ten.");
    assertThatThrownBy(() -> new DemoSettings(1, 1, 0.9, Double.NaN, "audit"))
        .hasMessageStartingWith("stray-share is NaN;");
    assertThatThrownBy(() -> new DemoSettings(1, 1, 0.9, 0, "a,b"))
        .hasMessageStartingWith("split is 'a,b';");
  }

  @Test
  void flagsAreReadAndWrongOnesNamed() {
    DemoArguments given =
        DemoArguments.parse(
            List.of("out", "--seed", "9", "--images-per-class", "3", "--split", "train"));
    assertThat(given)
        .isEqualTo(new DemoArguments(Path.of("out"), new DemoSettings(3, 9, 0.9, 0.003, "train")));
    assertThatThrownBy(() -> DemoArguments.parse(List.of()))
        .hasMessageStartingWith("No folder is given;");
    assertThatThrownBy(() -> DemoArguments.parse(List.of("out", "--sed", "9")))
        .hasMessageStartingWith("Unknown flag --sed; it must be one of --images-per-class,");
    assertThatThrownBy(() -> DemoArguments.parse(List.of("out", "--seed")))
        .hasMessageStartingWith("--seed has no value;");
    assertThatThrownBy(() -> DemoArguments.parse(List.of("out", "--seed", "x")))
        .hasMessage("--seed is 'x'; it must be a whole number. Try --seed 1.");
  }

  private static int[] pixels(Scene scene) {
    BufferedImage i = scene.image();
    return i.getRGB(0, 0, i.getWidth(), i.getHeight(), null, 0, i.getWidth());
  }

  private static Map<String, byte[]> files(Path dir) throws IOException {
    try (Stream<Path> walk = Files.walk(dir)) {
      Map<String, byte[]> files = new TreeMap<>();
      walk.filter(Files::isRegularFile)
          .forEach(
              f -> {
                try {
                  files.put(dir.relativize(f).toString(), Files.readAllBytes(f));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      return files;
    }
  }

  @Test
  void labelsFollowTheOrderOfTheClasses() {
    assertThat(DemoDataset.classes())
        .isEqualTo(Arrays.stream(DemoClass.values()).map(DemoClass::label).toList());
  }
}
