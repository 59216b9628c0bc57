package io.camatlas.spark.explain;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Marks of one task in one file, which is mapped into memory: a mark takes no call of the system,
 * and what was written stays when the process ends. Not thread-safe.
 */
final class MarkPage implements AutoCloseable {
  private static final String NAME_ENDS_WITH = ".page";
  private static final int SLOT_BYTES = 32;
  private static final int SLOTS = 1 << 9;
  private static final Pattern MARK = Pattern.compile("[0-9a-f]{24}-\\d{1,4}");

  private final Path file;
  private final MappedByteBuffer slots;
  private final Map<String, Integer> used = new HashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private int next;

  private MarkPage(Path file) throws IOException {
    this.file = file;
    // Written in full first: on a full disk, a mapped page without a block would end the process.
    try {
      Files.write(file, new byte[SLOTS * SLOT_BYTES], StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      this.slots = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) SLOTS * SLOT_BYTES);
    }
  }

  /** Starts without marks. */
  static MarkPage create(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new MarkPage(folder.resolve(UUID.randomUUID() + NAME_ENDS_WITH));
  }

  /** Adds a mark; false if there is no room, or the mark does not fit. */
  boolean add(String mark) {
    if (!MARK.matcher(mark).matches() || (free.isEmpty() && next == SLOTS)) {
      return false;
    }
    int slot = free.isEmpty() ? next++ : free.pop();
    used.put(mark, slot);
    byte[] text = new byte[SLOT_BYTES];
    byte[] name = mark.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, text, 0, name.length);
    slots.put(slot * SLOT_BYTES, text);
    return true;
  }

  /** Removes a mark; false if it is not here. */
  boolean remove(String mark) {
    Integer slot = used.remove(mark);
    if (slot == null) {
      return false;
    }
    slots.put(slot * SLOT_BYTES, new byte[SLOT_BYTES]);
    free.push(slot);
    return true;
  }

  /** Removes all marks. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }

  /**
   * Turns the marks of processes that have ended into one empty file each, named as the mark. Only
   * where no other process uses the folder.
   */
  static void spread(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> pages = Files.newDirectoryStream(folder, "*" + NAME_ENDS_WITH)) {
      for (Path page : pages) {
        byte[] all = Files.readAllBytes(page);
        for (int at = 0; at + SLOT_BYTES <= all.length; at += SLOT_BYTES) {
          String mark = new String(all, at, SLOT_BYTES, StandardCharsets.US_ASCII).trim();
          if (MARK.matcher(mark).matches()) {
            Files.write(folder.resolve(mark), new byte[0]);
          }
        }
        Files.deleteIfExists(page);
      }
    }
  }
}
