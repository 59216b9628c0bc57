package io.camatlas.spark.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Iterates over the files of a folder and, if asked, of all folders below it; keeps one folder open
 * per level.
 */
final class FolderWalk implements Iterator<FolderEntries.Entry>, AutoCloseable {
  private final FileSystem files;
  private final Path root;
  private final boolean deep;
  private final Deque<FolderEntries> open = new ArrayDeque<>();
  private FolderEntries.Entry ready;

  /**
   * @param root folder of the input, which links must not leave
   * @param deep whether to descend into the folders below
   */
  FolderWalk(FileSystem files, Path root, Path folder, boolean deep) throws IOException {
    this.files = files;
    this.root = root;
    this.deep = deep;
    open.push(FolderEntries.open(files, root, folder));
  }

  @Override
  public boolean hasNext() {
    try {
      while (ready == null && !open.isEmpty()) {
        FolderEntries.Entry entry = open.element().next();
        if (entry == null) {
          open.pop().close();
        } else if (entry.kind() != FolderEntries.Kind.FOLDER) {
          ready = entry;
        } else if (deep) {
          open.push(FolderEntries.open(files, root, entry.path()));
        }
      }
      return ready != null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public FolderEntries.Entry next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The folder has no more files.");
    }
    FolderEntries.Entry entry = ready;
    ready = null;
    return entry;
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
