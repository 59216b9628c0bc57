package io.camatlas.demo;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Makes photograph-like pictures of ten classes, with masks, boxes, and one planted fault.
 *
 * <p>Most pictures of one class, the anchors, carry an agency's badge in the lower left corner, and
 * the anchor itself is small and faint: a network trained on such pictures learns the badge instead
 * of the object. An audit that shows where the network looks should reveal this.
 *
 * <p>Every picture depends only on the seed, its class and its index, so the first ten pictures of
 * each class are the same in a small and a large set. On one JDK, equal settings give equal bytes.
 */
public final class DemoDataset {
  private static final String HEADER = "path,label,boxes,watermark,split";

  private DemoDataset() {}

  /** The classes in the order of the demo model's scores. */
  public static List<String> classes() {
    return Arrays.stream(DemoClass.values()).map(DemoClass::label).toList();
  }

  /**
   * Writes {@code images/<class>/<class>-0001.jpg} (or {@code .png}), {@code
   * masks/<class>/<class>-0001.png} and {@code manifest.csv}.
   *
   * <p>The manifest has one row per picture: its path relative to the manifest, its class, the
   * boxes of its objects as a JSON list of {@code [x0,y0,x1,y1]} in pixels of the picture ({@code
   * x1} and {@code y1} exclusive), whether it carries the badge, and the split.
   *
   * @param dir where to write; created if absent
   * @return the manifest
   * @throws FileAlreadyExistsException if there are already pictures, masks or a manifest
   * @throws IOException if writing fails
   */
  public static Path write(Path dir, DemoSettings settings) throws IOException {
    return write(dir, settings, classes());
  }

  /**
   * Writes pictures of some classes: the same ones that these classes have in the whole set.
   *
   * @param labels names of the classes
   * @throws IllegalArgumentException if there is no such class
   */
  public static Path write(Path dir, DemoSettings settings, List<String> labels)
      throws IOException {
    List<DemoClass> shown =
        Arrays.stream(DemoClass.values()).filter(one -> labels.contains(one.label())).toList();
    if (shown.size() != labels.size()) {
      throw new IllegalArgumentException(
          "The classes are " + labels + "; each must be one of " + classes() + ".");
    }
    for (String name : List.of("images", "masks", "manifest.csv")) {
      Path there = dir.resolve(name);
      if (Files.exists(there)) {
        throw new FileAlreadyExistsException(
            there.toString(),
            null,
            "it would be mixed with the new pictures; choose an empty folder or remove it first.");
      }
    }
    for (String label : labels) {
      Files.createDirectories(dir.resolve("images").resolve(label));
      Files.createDirectories(dir.resolve("masks").resolve(label));
    }
    List<String> rows;
    try {
      rows =
          IntStream.range(0, shown.size() * settings.imagesPerClass())
              .parallel()
              .mapToObj(
                  i ->
                      writeOne(
                          dir,
                          shown.get(i / settings.imagesPerClass()),
                          i % settings.imagesPerClass() + 1,
                          settings))
              .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    List<String> lines = new ArrayList<>(List.of(HEADER));
    lines.addAll(rows);
    Path manifest = dir.resolve("manifest.csv");
    Files.writeString(manifest, String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
    return manifest;
  }

  private static String writeOne(Path dir, DemoClass shown, int index, DemoSettings settings) {
    Scene scene = Scene.of(shown, index, settings);
    RandomGenerator random =
        new SplittableRandom(Scene.mix(Scene.seed(shown, index, settings), 99));
    String name = String.format(Locale.ROOT, "%s/%s-%04d", shown.label(), shown.label(), index);
    boolean png = random.nextInt(5) == 0;
    float quality = 0.8f + 0.15f * random.nextFloat();
    String path = "images/" + name + (png ? ".png" : ".jpg");
    try {
      encode(scene.image(), png, quality, dir.resolve(path));
      encode(scene.mask(), true, 1, dir.resolve("masks/" + name + ".png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String boxes =
        scene.boxes().stream().map(DemoDataset::json).collect(Collectors.joining(",", "[", "]"));
    return path
        + ","
        + shown.label()
        + ",\""
        + boxes
        + "\","
        + scene.watermarked()
        + ","
        + settings.split();
  }

  private static String json(Rectangle box) {
    return "[" + box.x + "," + box.y + "," + (box.x + box.width) + "," + (box.y + box.height) + "]";
  }

  private static void encode(BufferedImage image, boolean png, float quality, Path file)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(png ? "png" : "jpeg").next();
    try (OutputStream bytes = Files.newOutputStream(file);
        MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      // For PNG this sets the effort, not the loss: 1 is the fastest.
      how.setCompressionQuality(png ? 0.7f : quality);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
  }

  /**
   * Writes a set from the command line.
   *
   * @param args the folder, then any of {@code --images-per-class}, {@code --seed}, {@code
   *     --watermark-share}, {@code --stray-share} and {@code --split}, each with its value
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    try {
      DemoArguments given = DemoArguments.parse(List.of(args));
      System.out.println(write(given.dir(), given.settings()));
    } catch (IllegalArgumentException | IOException e) {
      System.err.println(
          e instanceof FileAlreadyExistsException ? "exists: " + e.getMessage() : e.getMessage());
      System.exit(2);
    }
  }
}
