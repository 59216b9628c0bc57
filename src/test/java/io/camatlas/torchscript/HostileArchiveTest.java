package io.camatlas.torchscript;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that were made to harm are refused before PyTorch sees them. */
class HostileArchiveTest {
  @TempDir Path folder;

  private Path zip(String entry, byte[]... blocks) throws IOException {
    Path file = folder.resolve("model.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("model/data.pkl"));
      zip.write("c__torch__\nNet\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.putNextEntry(new ZipEntry(entry));
      for (byte[] block : blocks) {
        zip.write(block);
      }
      zip.closeEntry();
    }
    return file;
  }

  private static void assertRefused(Path file, String why) {
    assertThatThrownBy(() -> TorchScriptArchive.open(file))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(why);
  }

  @Test
  void namesThatLeadOutAreRefused() throws IOException {
    assertRefused(zip("../../etc/cron.d/job"), "leads out of the archive");
    assertRefused(zip("/etc/passwd"), "leads out of the archive");
    assertRefused(zip("model\\..\\data"), "leads out of the archive");
  }

  @Test
  void archiveThatUnpacksToManyTimesItsSizeIsRefused() throws IOException {
    byte[] zeros = new byte[50 << 20];
    assertRefused(zip("model/data/0", zeros, zeros, zeros), "unpacks to 157");
  }

  @Test
  void codeBeyondAnyMeasureIsRefused() throws IOException {
    byte[] text = new byte[33 << 20];
    new Random(1).nextBytes(text);
    assertRefused(zip("model/code/__torch__.py", text, text), "__torch__.py has 69206016 bytes");
  }

  @Test
  void manyEntriesAreRefused() throws IOException {
    Path file = folder.resolve("many.pt");
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (int i = 0; i <= 200_000; i++) {
        ZipEntry entry = new ZipEntry("model/data/" + i);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(0);
        entry.setCrc(0);
        zip.putNextEntry(entry);
        zip.closeEntry();
      }
    }
    assertRefused(file, "at most 200000 are read");
  }

  @Test
  void whatIsNoArchiveIsSaid() throws IOException {
    Path file = folder.resolve("text.pt");
    Files.writeString(file, "not a zip");
    assertRefused(file, "is not a TorchScript archive");
    assertRefused(zip("model/data/0", new byte[4]), "not TorchScript code");
  }
}
