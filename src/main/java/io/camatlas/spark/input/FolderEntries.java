package io.camatlas.spark.input;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The entries of one folder, read one at a time so that a folder of any size fits in memory. Names
 * that begin with a dot are skipped.
 *
 * <p>No entry leads out of the input: a link that does is {@link Kind#UNUSABLE}. A link to a folder
 * within the input is skipped, because that folder's files are listed under the folder itself.
 */
abstract sealed class FolderEntries implements Closeable {
  /** How a listing treats an entry. */
  enum Kind {
    FILE,
    FOLDER,
    UNUSABLE
  }

  /**
   * One entry.
   *
   * @param bytes length of a file, else null
   * @param modified time of a file's last change in milliseconds since 1970, else null
   * @param why the reason an entry is unusable, else empty
   */
  record Entry(Path path, Kind kind, Long bytes, Long modified, String why) {
    static Entry file(Path path, long bytes, long modified) {
      return new Entry(path, Kind.FILE, bytes, modified, "");
    }

    static Entry folder(Path path) {
      return new Entry(path, Kind.FOLDER, null, null, "");
    }

    static Entry unusable(Path path, String why) {
      return new Entry(path, Kind.UNUSABLE, null, null, why);
    }
  }

  /** The next entry, or null at the end. */
  abstract Entry next() throws IOException;

  /**
   * Opens a folder.
   *
   * @param root folder of the input, which links must not leave
   */
  static FolderEntries open(FileSystem files, Path root, Path folder) throws IOException {
    // Hadoop's own listing of local files reads the whole folder into memory and follows every
    // link.
    if (files instanceof LocalFileSystem local) {
      return new Local(local.pathToFile(root), local.pathToFile(folder), folder);
    }
    if (files instanceof RawLocalFileSystem raw) {
      return new Local(raw.pathToFile(root), raw.pathToFile(folder), folder);
    }
    return new Remote(files.listStatusIterator(folder));
  }

  /**
   * The entry for a path that a glob matched, as a listing would give it; null for a link to a
   * folder within the input.
   */
  static Entry one(FileSystem files, Path root, Path path) throws IOException {
    java.nio.file.Path local;
    java.nio.file.Path localRoot;
    if (files instanceof LocalFileSystem checked) {
      local = checked.pathToFile(path).toPath();
      localRoot = checked.pathToFile(root).toPath().toRealPath();
    } else if (files instanceof RawLocalFileSystem raw) {
      local = raw.pathToFile(path).toPath();
      localRoot = raw.pathToFile(root).toPath().toRealPath();
    } else {
      return entry(files.getFileStatus(path));
    }
    // Folders in a glob's path may be links too.
    return Files.exists(local) && !local.toRealPath().startsWith(localRoot)
        ? Entry.unusable(path, outside(localRoot))
        : entry(localRoot, local, path);
  }

  private static Entry entry(FileStatus status) {
    if (status.isSymlink()) {
      return Entry.unusable(status.getPath(), "is a link, and links are not followed");
    }
    return status.isDirectory()
        ? Entry.folder(status.getPath())
        : Entry.file(status.getPath(), status.getLen(), status.getModificationTime());
  }

  private static Entry entry(java.nio.file.Path root, java.nio.file.Path found, Path path)
      throws IOException {
    BasicFileAttributes is =
        Files.readAttributes(found, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    boolean link = is.isSymbolicLink();
    if (link) {
      if (!Files.exists(found)) {
        return Entry.unusable(path, "is a link to something that does not exist");
      }
      if (!found.toRealPath().startsWith(root)) {
        return Entry.unusable(path, outside(root));
      }
      is = Files.readAttributes(found, BasicFileAttributes.class);
    }
    if (is.isDirectory()) {
      return link ? null : Entry.folder(path);
    }
    return is.isRegularFile()
        ? Entry.file(path, is.size(), is.lastModifiedTime().toMillis())
        : Entry.unusable(path, "is not a regular file");
  }

  private static String outside(java.nio.file.Path root) {
    return "is a link out of " + root + ", and is not followed; name its target in a manifest";
  }

  static boolean isHidden(String name) {
    return name.startsWith(".");
  }

  private static final class Remote extends FolderEntries {
    private final RemoteIterator<FileStatus> all;

    Remote(RemoteIterator<FileStatus> all) {
      this.all = all;
    }

    @Override
    Entry next() throws IOException {
      while (all.hasNext()) {
        FileStatus status = all.next();
        if (isHidden(status.getPath().getName())) {
          continue;
        }
        return entry(status);
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      if (all instanceof Closeable closeable) {
        closeable.close();
      }
    }
  }

  private static final class Local extends FolderEntries {
    private final java.nio.file.Path root;
    private final Path folder;
    private final DirectoryStream<java.nio.file.Path> stream;
    private final Iterator<java.nio.file.Path> all;
    private boolean leadsOut;

    @SuppressWarnings("StreamResourceLeak") // close() closes it.
    Local(File root, File given, Path folder) throws IOException {
      this.root = root.toPath().toRealPath();
      this.folder = folder;
      this.leadsOut = !given.toPath().toRealPath().startsWith(this.root);
      this.stream = Files.newDirectoryStream(given.toPath());
      this.all = stream.iterator();
    }

    @Override
    Entry next() throws IOException {
      if (leadsOut) {
        leadsOut = false;
        while (all.hasNext()) {
          all.next();
        }
        return Entry.unusable(folder, outside(root));
      }
      while (all.hasNext()) {
        java.nio.file.Path found = all.next();
        String name = String.valueOf(found.getFileName());
        // Three arguments keep a name with a colon from being read as a scheme.
        Path path = new Path(folder, new Path(null, null, name));
        Entry entry = isHidden(name) ? null : entry(root, found, path);
        if (entry != null) {
          return entry;
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
