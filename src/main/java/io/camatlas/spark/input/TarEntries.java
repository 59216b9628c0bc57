package io.camatlas.spark.input;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * Reads the headers of an uncompressed tar file and skips the data; supports ustar, GNU long names
 * and PAX. Reports where each entry's data begins, which a stream of entries does not.
 */
final class TarEntries implements Closeable {
  private static final int BLOCK = 512;

  /** Longer names or PAX headers, in bytes, are treated as damage. */
  private static final int LONGEST_NAME = 1 << 20;

  /**
   * More zeros than this at an archive's end are treated as damage, in bytes. An archive ends with
   * at least two blocks of zeros, up to the end of a record: usually 10 KiB, on tapes some MiB.
   */
  private static final int MOST_ZEROS = 1 << 24;

  /** A request to a remote store takes about as long as reading this much. */
  private static final int REMOTE_GAP = 1 << 20;

  private static final ZipEncoding NAMES = ZipEncodingHelper.getZipEncoding("UTF-8");

  private final FSDataInputStream in;
  private final long size;
  private final boolean seeks;
  private final byte[] gap = new byte[1 << 16];
  private final Map<String, String> global = new HashMap<>();
  private long at;
  private long header;

  /**
   * @param size of the file, in bytes
   * @param seeks whether seeking is almost free, as on a local disk
   */
  TarEntries(FSDataInputStream in, long size, boolean seeks) {
    this.in = in;
    this.size = size;
    this.seeks = seeks;
  }

  /**
   * One entry.
   *
   * @param name the name as stored; never use it as a path
   * @param file whether it is a regular file, and not a folder, link or device
   * @param folder whether it is a folder
   */
  record Entry(String name, boolean file, boolean folder, long offset, long length) {}

  /** Thrown if a tar file is damaged and cannot be read further. */
  static final class Damage extends IOException {
    private static final long serialVersionUID = 1L;

    Damage(String message) {
      super(message);
    }
  }

  /** Where the header of the last entry, or the damage, begins. */
  long headerOffset() {
    return header;
  }

  /**
   * The next entry, or null at the archive's end.
   *
   * @throws Damage if a header is missing where one must be, or the file ends too early
   */
  Entry next() throws IOException {
    if (size == 0) {
      throw new Damage("the file is empty");
    }
    Map<String, String> own = new HashMap<>(global);
    header = at;
    boolean announced = false;
    while (at < size) {
      byte[] block = new byte[BLOCK];
      read(at, block, "a header");
      if (isZero(block)) {
        requireEnd();
        break;
      }
      TarArchiveEntry entry = parse(block);
      long data = at + BLOCK;
      long length = entry.getSize();
      switch (block[156]) {
        case 'L' -> {
          own.put("path", text(data, length));
          announced = true;
        }
        case 'K' -> announced = true;
        case 'x', 'X' -> {
          records(data, length, own);
          announced = true;
        }
        case 'g' -> {
          records(data, length, global);
          own.putAll(global);
        }
        default -> {
          boolean file = block[156] == 0 || block[156] == '0' || block[156] == '7';
          String name = own.getOrDefault("path", entry.getName());
          // Old archives mark a folder only by a slash at the end of its name.
          boolean folder = block[156] == '5' || (file && name.endsWith("/"));
          if (own.containsKey("size")) {
            length = number(own.get("size"));
          }
          if (!file) {
            length = block[156] == '1' || block[156] == '2' ? 0 : length;
          }
          end(data, length);
          return new Entry(name, file && !folder, folder, data, length);
        }
      }
      end(data, length);
    }
    if (announced) {
      throw new Damage("the name or size of an entry is the last thing in it, without the entry");
    }
    return null;
  }

  /**
   * Makes sure that nothing but zeros follows: zeros over a header would else hide all entries
   * behind them.
   */
  private void requireEnd() throws IOException {
    long to = Math.min(size, at + MOST_ZEROS);
    byte[] zeros;
    for (long from = at + BLOCK; from < to; from += zeros.length) {
      zeros = new byte[(int) Math.min(gap.length, to - from)];
      read(from, zeros, "its last zeros");
      if (!isZero(zeros)) {
        throw new Damage("there are zeros where a header must be, and something else behind them");
      }
    }
    if (to < size) {
      throw new Damage(
          "there are more than " + MOST_ZEROS + " bytes of zeros where a header must be");
    }
  }

  /** The data of an entry. */
  byte[] data(Entry entry) throws IOException {
    byte[] bytes = new byte[(int) entry.length()];
    long next = at;
    read(entry.offset(), bytes, "the data of " + entry.name());
    at = next;
    return bytes;
  }

  private void end(long data, long length) throws Damage {
    if (length < 0 || length > size - data) {
      throw new Damage(
          "the data of an entry would end at byte "
              + (data + length)
              + ", but the file has "
              + size
              + "; it was cut off");
    }
    at = data + (length + BLOCK - 1) / BLOCK * BLOCK;
  }

  private TarArchiveEntry parse(byte[] block) throws Damage {
    TarArchiveEntry entry;
    try {
      entry = new TarArchiveEntry(block, NAMES, false);
    } catch (IOException | IllegalArgumentException e) {
      throw new Damage("there is no tar header: " + e.getMessage());
    }
    if (!entry.isCheckSumOK()) {
      throw new Damage("there is no tar header: its checksum is wrong");
    }
    return entry;
  }

  private byte[] small(long data, long length, String what) throws IOException {
    if (length < 0 || length > LONGEST_NAME) {
      throw new Damage(what + " would have " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    read(data, bytes, what);
    return bytes;
  }

  private String text(long data, long length) throws IOException {
    String text = new String(small(data, length, "a long name"), StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  /**
   * PAX records: length in decimal, a space, key=value and a line break; the length counts all of
   * these.
   */
  private void records(long data, long length, Map<String, String> into) throws IOException {
    byte[] bytes = small(data, length, "a PAX header");
    int from = 0;
    while (from < bytes.length && bytes[from] != 0) {
      int space = from;
      while (space < bytes.length && bytes[space] != ' ') {
        space++;
      }
      long to = from + number(new String(bytes, from, space - from, StandardCharsets.US_ASCII));
      if (to > bytes.length || to <= space + 1) {
        throw new Damage("a PAX record has an invalid length");
      }
      String record = new String(bytes, space + 1, (int) to - space - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        into.put(record.substring(0, equals), record.substring(equals + 1));
      }
      from = (int) to;
    }
  }

  private static long number(String text) throws Damage {
    if (!text.matches("\\d{1,18}")) {
      throw new Damage("a PAX header says '" + text + "' where a number must be");
    }
    return Long.parseLong(text);
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void read(long from, byte[] into, String what) throws IOException {
    if (from + into.length > size) {
      throw new Damage("the file ends within " + what + "; it was cut off");
    }
    long ahead = from - in.getPos();
    if (!seeks && ahead > 0 && ahead <= REMOTE_GAP) {
      while (ahead > 0) {
        int read = in.read(gap, 0, (int) Math.min(gap.length, ahead));
        if (read < 0) {
          throw new EOFException("the file was truncated while it was being read");
        }
        ahead -= read;
      }
    } else if (ahead != 0) {
      in.seek(from);
    }
    in.readFully(into);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
