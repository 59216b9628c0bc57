package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);

  static Stream<String> readable() {
    return Fixtures.names().stream().filter(Fixtures::isExpected);
  }

  @ParameterizedTest
  @MethodSource("readable")
  void pixelsEqualPillows(String name) throws ImageException {
    RgbImage decoded = decoder.decode(Fixtures.file(name));

    Fixtures.Difference difference = Fixtures.Difference.between(decoded, Fixtures.expected(name));

    boolean inks = name.equals("cmyk.jpg") || name.equals("ycck.jpg");
    assertThat(difference.largest()).isLessThanOrEqualTo(inks ? 2 : 0);
  }

  @Test
  void orientationsFromFiveUpSwapTheSides() throws ImageException {
    for (int orientation = 1; orientation <= 8; orientation++) {
      RgbImage decoded = decoder.decode(Fixtures.file("orientation-" + orientation + ".jpg"));
      assertThat(decoded.width()).isEqualTo(orientation < 5 ? 11 : 7);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "truncated.jpg", "truncated-progressive.jpg", "no-end.jpg", "truncated.png", "no-end.png",
    "truncated.webp", "truncated.bmp", "truncated-runs.bmp", "truncated.tif", "truncated.gif",
    "truncated-later-frame.gif"
  })
  void truncatedFileIsRefused(String name) {
    byte[] file = Fixtures.file(name);
    ImageException refused = refusal(file);

    assertThat(refused.reason()).isEqualTo(ImageProblem.TRUNCATED);
    assertThat(refused)
        .hasMessageContaining("has " + file.length + " bytes")
        .hasMessageEndingWith("it was cut off. Fetch it again.");
  }

  @Test
  void everyPrefixOfAnImageIsRefused() {
    for (String name : List.of("baseline.jpg", "rgb.png", "lossy.webp", "rgb.bmp", "rgb16.tif")) {
      byte[] whole = Fixtures.file(name);
      for (int length = 0; length < whole.length; length++) {
        byte[] prefix = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> decoder.decode(prefix))
            .as("%s, first %d bytes", name, length)
            .isInstanceOf(ImageException.class);
      }
    }
  }

  @Test
  void textNamedJpgIsNotAnImage() {
    ImageException refused = refusal("this is text".getBytes(StandardCharsets.UTF_8));

    assertThat(refused.reason()).isEqualTo(ImageProblem.NOT_AN_IMAGE);
    assertThat(refused)
        .hasMessage(
            "The file starts with bytes 74 68 69 73 20 69 73 20; no JPEG, PNG, WebP, BMP, TIFF or"
                + " GIF file does. Convert it, or remove it from the dataset.");
  }

  @Test
  void textThatStartsLikeABitmapIsNotAnImage() {
    byte[] text =
        "BM is how the annual report of some company starts".getBytes(StandardCharsets.UTF_8);

    assertThat(refusal(text).reason()).isEqualTo(ImageProblem.NOT_AN_IMAGE);
  }

  @Test
  void emptyFileIsRefused() {
    ImageException refused = refusal(new byte[0]);

    assertThat(refused.reason()).isEqualTo(ImageProblem.EMPTY);
    assertThat(refused).hasMessageStartingWith("The file is empty;");
  }

  @Test
  void hugeImageIsRefusedByItsHeader() {
    ImageException refused = refusal(Fixtures.file("huge.png"));

    assertThat(refused.reason()).isEqualTo(ImageProblem.TOO_MANY_PIXELS);
    assertThat(refused)
        .hasMessage(
            "The PNG file says 20000x20000, which takes 400000000 pixels; at most 100000000 are"
                + " decoded. Raise max-pixels, or shrink the image.");
  }

  @Test
  void limitsAreInclusive() throws ImageException {
    byte[] file = Fixtures.file("rgb.png"); // 37x29

    new ImageDecoder(new DecodeLimits(37 * 29, file.length)).decode(file);

    assertThat(refusal(new DecodeLimits(37 * 29 - 1, file.length), file).reason())
        .isEqualTo(ImageProblem.TOO_MANY_PIXELS);
    assertThat(refusal(new DecodeLimits(37 * 29, file.length - 1), file).reason())
        .isEqualTo(ImageProblem.TOO_MANY_BYTES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wrong-checksum.png",
        "no-width.png",
        "too-few-rows.png",
        "damaged-beside-animation.png"
      })
  void damagedFileIsUndecodable(String name) {
    assertThat(refusal(Fixtures.file(name)).reason()).isEqualTo(ImageProblem.UNDECODABLE);
  }

  @Test
  void wrongChecksumIsNamed() {
    assertThat(refusal(Fixtures.file("wrong-checksum.png")))
        .hasMessageMatching(
            "The PNG file cannot be decoded: the checksum of the chunk at byte \\d+ is wrong. Fetch"
                + " it again, or convert it to PNG or JPEG.");
  }

  @Test
  void samplesThatWouldBeMisreadAreRefused() {
    assertThat(refusal(Fixtures.file("float.tif")))
        .hasMessage(
            "The TIFF file cannot be decoded: its samples have 32 bits of format 3; only integers"
                + " of 1, 2, 4, 8 or 16 bits are supported. Fetch it again, or convert it to PNG or"
                + " JPEG.");
    assertThat(refusal(Fixtures.file("cmyk16.tif")))
        .hasMessageContaining("photometric interpretation is 5; with 16 bits only grey");
    assertThat(refusal(Fixtures.file("planes16.tif")))
        .hasMessageContaining("its samples have 16 bits and lie apart");
  }

  @Test
  void progressiveFileOfEndlessScansIsRefused() {
    byte[] whole = Fixtures.file("progressive.jpg");
    int scan = indexOf(whole, 0xffda);
    int next = indexOf(whole, scan + 2, 0xffc4);
    byte[] scans = new byte[whole.length + 600 * (next - scan)];
    System.arraycopy(whole, 0, scans, 0, next);
    for (int i = 0; i < 600; i++) {
      System.arraycopy(whole, scan, scans, next + i * (next - scan), next - scan);
    }
    System.arraycopy(whole, next, scans, next + 600 * (next - scan), whole.length - next);

    assertThat(refusal(scans)).hasMessageContaining("it has more than 500 scans");
  }

  @Test
  void threadsMayShareADecoder() throws Exception {
    List<String> names = readable().toList();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<RgbImage>> tasks = new ArrayList<>();
      for (int i = 0; i < 4 * names.size(); i++) {
        byte[] file = Fixtures.file(names.get(i % names.size()));
        tasks.add(() -> decoder.decode(file));
      }
      List<Future<RgbImage>> decoded = threads.invokeAll(tasks);
      for (int i = 0; i < decoded.size(); i++) {
        RgbImage alone = decoder.decode(Fixtures.file(names.get(i % names.size())));
        assertThat(decoded.get(i).get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void limitsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new DecodeLimits(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max-pixels is 0; it must be from 1 to 715827879. The default is 100000000.");
    assertThatThrownBy(() -> new DecodeLimits(715_827_880, 1))
        .hasMessageStartingWith("max-pixels is 715827880;");
    assertThatThrownBy(() -> new DecodeLimits(1, 0))
        .hasMessage("max-bytes is 0; it must be at least 1. The default is 268435456.");
  }

  private ImageException refusal(byte[] file) {
    return refusal(DecodeLimits.DEFAULT, file);
  }

  private static ImageException refusal(DecodeLimits limits, byte[] file) {
    ImageException refused =
        catchThrowableOfType(ImageException.class, () -> new ImageDecoder(limits).decode(file));
    assertThat(refused).isNotNull();
    return refused;
  }

  private static int indexOf(byte[] bytes, int marker) {
    return indexOf(bytes, 0, marker);
  }

  private static int indexOf(byte[] bytes, int from, int marker) {
    for (int i = from; i + 1 < bytes.length; i++) {
      if (((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)) == marker) {
        return i;
      }
    }
    throw new AssertionError("no marker " + Integer.toHexString(marker));
  }
}
