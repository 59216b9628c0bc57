package io.camatlas.bench;

import io.camatlas.model.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Networks of torchvision with random weights: time depends only on a network's architecture. The
 * jar contains their archives without weights, as written by {@code jobs/make_bench_models.py}.
 */
public enum RandomModel {
  VGG16,
  SQUEEZENET1_1,
  DENSENET121,
  RESNET50;

  private static final String STORAGES = "storages.csv";

  /** The network's name in torchvision. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** ImageNet's preprocessing, and classes without names. */
  public ModelCard card() {
    return ModelCard.unknown(toString());
  }

  /**
   * Draws weights, the same ones each time, and writes the archive if it does not exist yet.
   *
   * @param folder folder of the archive, which has the network's name
   * @return the archive
   */
  public Path write(Path folder) throws IOException {
    Path file = folder.resolve(this + ".pt");
    if (Files.exists(file)) {
      return file;
    }
    String storages = "";
    try (InputStream raw = RandomModel.class.getResourceAsStream(this + ".zip");
        ZipInputStream in = new ZipInputStream(raw);
        OutputStream target = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(target)) {
      out.setMethod(ZipOutputStream.STORED);
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().equals(STORAGES)) {
          storages = new String(bytes, StandardCharsets.UTF_8);
        } else {
          store(out, entry.getName(), bytes);
        }
      }
      Random random = new Random(1);
      for (String row : storages.lines().toList()) {
        String[] cells = row.split(",");
        store(out, this + "/data/" + cells[0], weights(cells, random));
      }
    }
    return file;
  }

  private static byte[] weights(String[] cells, Random random) {
    int count = Integer.parseInt(cells[2]);
    if (cells[1].equals("int64")) {
      return new byte[8 * count];
    }
    float mean = Float.parseFloat(cells[3]);
    float deviation = Float.parseFloat(cells[4]);
    // Uniform weights are drawn faster than normal ones, and VGG-16 has 138 million.
    float width = (float) (deviation * Math.sqrt(12));
    ByteBuffer buffer = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      buffer.putFloat(mean + width * (random.nextFloat() - 0.5f));
    }
    return buffer.array();
  }

  private static void store(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
