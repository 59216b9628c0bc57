package io.camatlas.spark.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder of results that replaces another once it is complete.
 *
 * <pre>
 * PARENT/NAME                       results
 * PARENT/.NAME-incomplete           new results that are being written
 * PARENT/.NAME-incomplete-old       the old results, until the new ones are in place
 * </pre>
 *
 * <p>No Hadoop file system can swap two folders in one step. A driver that is killed between the
 * steps leaves old or new results under one of these names, and {@link #recover} puts them in place
 * when the folder is opened again.
 */
final class Replacement {
  /** Folder for the lock and for unfinished work, below the results being written. */
  static final String WORK = "_camatlas";

  private static final String LOCK = "locks";

  private final FileSystem files;
  private final Configuration hadoop;
  private final String place;
  private final Path target;
  private final Path incomplete;
  private final Path old;

  /**
   * @param place the target, as the user named it
   * @param target where the results go when they are complete
   */
  Replacement(FileSystem files, Path target, String place, Configuration hadoop) {
    this.files = files;
    this.hadoop = hadoop;
    this.place = place;
    this.target = target;
    this.incomplete = new Path(target.getParent(), "." + target.getName() + "-incomplete");
    this.old = incomplete.suffix("-old");
  }

  /** Where new results are written. */
  Path incomplete() {
    return incomplete;
  }

  /** The folder of the lock on a folder's contents. */
  static Path lockOf(Path folder) {
    return new Path(new Path(folder, WORK), LOCK);
  }

  /**
   * Finishes what a killed driver began: puts the new results in place if they are complete, else
   * puts the old ones back.
   *
   * @param mark the file that only complete results hold
   * @return whether new results were put in place
   * @throws io.camatlas.spark.InputException if a running driver is replacing these results
   */
  boolean recover(String mark) throws IOException {
    if (!files.exists(old)) {
      return false;
    }
    boolean made = files.exists(incomplete);
    try (FolderLock lock = made ? FolderLock.take(lockOf(incomplete), place, hadoop) : null) {
      if (files.exists(target)) {
        files.delete(old, true);
        return false;
      }
      if (lock == null || !files.exists(new Path(incomplete, mark))) {
        move(old, target);
        return false;
      }
      lock.moveTo(lockOf(target), () -> move(incomplete, target));
      files.delete(old, true);
      return true;
    }
  }

  /** Puts new results, whose folder contains a lock, in their place. */
  void swap(FolderLock lock) throws IOException {
    if (files.exists(target)) {
      move(target, old);
    } else {
      files.mkdirs(target.getParent());
    }
    lock.moveTo(lockOf(target), () -> move(incomplete, target));
    files.delete(old, true);
  }

  private void move(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot move " + from + " to " + to);
    }
  }

  /** Releases the lock and removes the folder of unfinished work that contains it. */
  static void leave(FileSystem files, Path folder, FolderLock lock) throws IOException {
    Path work = new Path(folder, WORK);
    if (lock.isHeld()) {
      for (var file : files.listStatus(work)) {
        if (!file.getPath().getName().equals(LOCK)) {
          files.delete(file.getPath(), true);
        }
      }
    }
    lock.close();
    removeIfEmpty(files, lockOf(folder));
    removeIfEmpty(files, work);
  }

  /** Removes a folder only if it is empty, since another driver may have taken the lock by now. */
  static void removeIfEmpty(FileSystem files, Path folder) throws IOException {
    try {
      if (files.exists(folder) && files.listStatus(folder).length == 0) {
        files.delete(folder, false);
      }
    } catch (java.io.FileNotFoundException
        | org.apache.hadoop.fs.PathIsNotEmptyDirectoryException e) {
      // Another driver has written to the folder, or has removed it.
    }
  }
}
