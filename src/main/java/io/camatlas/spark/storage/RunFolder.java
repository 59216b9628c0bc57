package io.camatlas.spark.storage;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder of tables that grow part by part and stay valid however the process that writes them
 * ends.
 *
 * <pre>
 * OUT/TABLE/run=ID/part-….parquet    committed parts; the name contains a checksum of the bytes
 * OUT/TABLE/run=ID/_checked          parts that are known to be whole
 * OUT/run.json, OUT/runs/ID.json     the latest finished run, and every run
 * OUT/_camatlas/                     the lock and unfinished work; removed when nothing runs
 * OUT/_damaged/                      parts that were found damaged, set aside
 * OUT/_in-work/                      marks of the images in work; removed when the run is complete
 * OUT/_replacing-ID, OUT/_next-…     for moments: parts, or a record, that are being replaced
 * </pre>
 *
 * <p>A part is written below {@code _camatlas}, which readers of tables skip, and the driver then
 * moves it into its table in one step. Every part in a table is therefore complete; work that was
 * not committed is done again.
 */
public final class RunFolder implements AutoCloseable {
  private static final String WORK = Replacement.WORK;
  private static final String DAMAGED = "_damaged";
  private static final String MARKS = "_in-work";

  /** Folder of the records of all runs. */
  public static final String RUNS = "runs";

  /** How the name begins of a file that lists the parts that are being replaced, by table. */
  private static final String REPLACING = "_replacing-";

  private static final String NEW = "new ";
  private static final String OLD = "old ";

  private static final int MOVES_AT_ONCE = 16;
  private static final int PARTS_A_LOOK = 64;
  private static final int LAST_MOVES_SECONDS = 60;

  private static final Pattern PART = Pattern.compile("part-[0-9a-f-]+-([0-9a-f]{8})\\.parquet");

  private final FileSystem files;
  private final Configuration hadoop;
  private final Replacement replacement;
  private final Path target;
  private final boolean isNew;
  private final String run;
  private final String session = UUID.randomUUID().toString().substring(0, 8);
  private final Optional<FolderLock> replaced;
  private final FolderLock lock;
  private Path root;
  private long parts;
  private final Set<String> tables = new HashSet<>();
  private final Set<String> moved = ConcurrentHashMap.newKeySet();
  private final ExecutorService movers = Executors.newFixedThreadPool(MOVES_AT_ONCE);
  private volatile boolean isEmpty = true;
  private boolean finished;

  private RunFolder(
      Configuration hadoop, Replacement replacement, Path target, boolean replaces, String run)
      throws IOException {
    this.hadoop = hadoop;
    this.files = target.getFileSystem(hadoop);
    this.replacement = replacement;
    this.target = target;
    this.root = replaces ? replacement.incomplete() : target;
    this.run = run;
    this.isNew = !files.exists(root);
    String place = place();
    // Nobody may resume the results that are about to be replaced.
    this.replaced =
        replaces
            ? Optional.of(FolderLock.take(Replacement.lockOf(target), place, hadoop))
            : Optional.empty();
    try {
      this.lock = FolderLock.take(Replacement.lockOf(root), place, hadoop);
    } catch (IOException | RuntimeException e) {
      if (replaced.isPresent()) {
        Replacement.leave(files, target, replaced.get());
      }
      throw e;
    }
    for (FileStatus left : files.listStatus(new Path(root, WORK))) {
      if (left.isDirectory()
          && !left.getPath().equals(files.makeQualified(Replacement.lockOf(root)))) {
        files.delete(left.getPath(), true);
      }
    }
    settleReplacing();
    if (replaces && holdsOtherRuns()) {
      // Another run began to replace the results and never finished.
      for (FileStatus other : files.listStatus(root)) {
        if (!other.getPath().getName().equals(WORK)) {
          files.delete(other.getPath(), true);
        }
      }
    }
  }

  private boolean holdsOtherRuns() throws IOException {
    Path runs = new Path(root, RUNS);
    if (files.exists(runs)) {
      for (FileStatus record : files.listStatus(runs)) {
        if (!record.getPath().equals(files.makeQualified(recordPath()))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Opens a folder for one run, which may already have been started.
   *
   * @param overwrite whether to start afresh, and to replace the existing results when the new ones
   *     are complete
   * @param run names the run
   * @throws InputException if the folder holds something else, or another process is writing to it
   */
  public static RunFolder open(String out, boolean overwrite, String run, Configuration hadoop) {
    HadoopFiles.requireNoPattern("out", out);
    try {
      Path path = new Path(out);
      FileSystem files = path.getFileSystem(hadoop);
      Path target = files.makeQualified(path);
      if (target.getParent() == null) {
        throw new InputException("`out` is " + out + "; it must be a folder below the root.");
      }
      Replacement replacement = new Replacement(files, target, out, hadoop);
      // New results that a killed driver completed are not computed again.
      boolean recovered = replacement.recover(ResultFolder.RUN_JSON);
      boolean there = files.exists(target);
      if (there && !files.getFileStatus(target).isDirectory()) {
        throw new InputException("`out` is " + out + ", which is a file; it must be a folder.");
      }
      boolean empty = !there || files.listStatus(target).length == 0;
      boolean ours =
          files.exists(new Path(target, ResultFolder.RUN_JSON))
              || files.exists(new Path(target, RUNS))
              || files.exists(new Path(target, WORK))
              || files.exists(new Path(target, MARKS));
      if (!empty && !ours) {
        throw new InputException(
            "`out` is "
                + out
                + ", which is not empty and holds no "
                + ResultFolder.RUN_JSON
                + ", so it was not written by this command and is neither resumed nor replaced;"
                + " choose another folder.");
      }
      boolean holdsRun = files.exists(new Path(new Path(target, RUNS), run + ".json"));
      boolean replaces = overwrite && !empty && !(recovered && holdsRun);
      return new RunFolder(hadoop, replacement, target, replaces, run);
    } catch (IOException e) {
      throw new InputException("Cannot write to " + out + ": " + e.getMessage(), e);
    }
  }

  /** Where the results are, or will be, as people write it. */
  public String place() {
    return "file".equals(target.toUri().getScheme()) ? target.toUri().getPath() : target.toString();
  }

  /** Where this process may put unfinished work; executors can access it too. */
  public String scratch(String name) {
    return new Path(new Path(new Path(root, WORK), session), name).toString();
  }

  /** Where tasks mark the images in work; marks outlive the process. */
  public String marks() {
    return marksPath().toString();
  }

  private Path marksPath() {
    return new Path(new Path(root, MARKS), run);
  }

  /** Removes all marks of this run. */
  public void forgetMarks() throws IOException {
    files.delete(marksPath(), true);
    Replacement.removeIfEmpty(files, marksPath().getParent());
  }

  /** Whether results are written to a disk of this machine. */
  public boolean isOnLocalDisk() {
    return "file".equals(files.getUri().getScheme());
  }

  /** Where this run's committed parts of a table are. */
  public String table(String name) {
    return tablePath(name).toString();
  }

  private Path tablePath(String name) {
    return new Path(new Path(root, name), "run=" + run);
  }

  /**
   * Moves staged parts into their tables: each in one step, and several at once, since a store far
   * away takes its time for each. If some cannot be moved, the others are.
   */
  public void commit(List<StagedPart> parts) throws IOException {
    commitPlaced(parts.stream().map(this::placed).toList());
  }

  private void commitPlaced(List<Move> parts) throws IOException {
    for (int from = 0; from < parts.size(); from += PARTS_A_LOOK) {
      // A driver that was paused must not go on with all that has piled up.
      requireLock();
      move(parts.subList(from, Math.min(parts.size(), from + PARTS_A_LOOK)));
    }
  }

  /** A part that is to be committed, and where. */
  private record Move(StagedPart part, Path to) {}

  /** The name is read again by {@link #PART}, so its digits must not be those of a language. */
  private Move placed(StagedPart part) {
    String name =
        String.format(
            Locale.ROOT, "part-%s-%05d-%08x.parquet", session, nextNumber(), part.crc32c());
    return new Move(part, new Path(tablePath(part.table()), name));
  }

  /**
   * Puts parts in the place of others, in one step: of a process that is killed meanwhile, the next
   * one finishes what it did, or undoes it.
   *
   * @param parts to commit
   * @param old committed parts, which are deleted
   */
  public void replace(List<StagedPart> parts, Collection<Path> old) throws IOException {
    List<Move> placed = parts.stream().map(this::placed).toList();
    List<String> lines = new ArrayList<>();
    placed.forEach(move -> lines.add(NEW + inTable(move.to())));
    old.forEach(part -> lines.add(OLD + inTable(part)));
    replace(replacing(), String.join("\n", lines));
    commitPlaced(placed);
    for (Path part : old) {
      drop(part.toString());
    }
    files.delete(replacing(), false);
  }

  private static String inTable(Path part) {
    return part.getParent().getParent().getName() + "/" + part.getName();
  }

  private Path replacing() {
    return new Path(root, REPLACING + run);
  }

  /** Finishes a replacement that was begun, if all new parts are there; else takes these back. */
  private void settleReplacing() throws IOException {
    Path journal = replacing();
    files.delete(next(journal), false);
    if (!files.exists(journal)) {
      return;
    }
    List<Path> added = new ArrayList<>();
    List<Path> old = new ArrayList<>();
    try (InputStream in = files.open(journal)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                String[] place = line.substring(NEW.length()).split("/", 2);
                (line.startsWith(NEW) ? added : old).add(new Path(tablePath(place[0]), place[1]));
              });
    }
    for (Path part : areCommitted(added, old) ? old : added) {
      files.delete(part, false);
    }
    files.delete(journal, false);
  }

  /** Old parts go only once all new ones are there, so where one is gone there is no way back. */
  private boolean areCommitted(List<Path> added, List<Path> old) throws IOException {
    for (Path part : old) {
      if (!files.exists(part)) {
        return true;
      }
    }
    for (Path part : added) {
      OptionalInt expected = checksum(part.getName());
      if (!files.exists(part)
          || expected.isEmpty()
          || expected.getAsInt() != crc32c(part.toString(), hadoop)) {
        return false;
      }
    }
    return true;
  }

  private void move(List<Move> parts) throws IOException {
    for (Move move : parts) {
      String table = move.part().table();
      if (tables.add(table)) {
        files.mkdirs(tablePath(table));
      }
    }
    List<Future<?>> moves = new ArrayList<>();
    for (Move move : parts) {
      moves.add(
          movers.submit(
              () -> {
                move(new Path(move.part().path()), move.to());
                moved.add(move.to().getName());
                isEmpty = false;
                return null;
              }));
    }
    IOException failure = null;
    for (Future<?> one : moves) {
      try {
        one.get();
      } catch (ExecutionException e) {
        IOException cause =
            e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        if (failure == null) {
          failure = cause;
        } else {
          failure.addSuppressed(cause);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while committing parts", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Makes sure that nothing is committed after another driver has taken over. */
  private void requireLock() throws IOException {
    lock.require();
    if (replaced.isPresent()) {
      replaced.get().require();
    }
  }

  private synchronized long nextNumber() {
    return parts++;
  }

  /** The committed parts of a table, and any other files between them. */
  public List<String> parts(String table) throws IOException {
    return checked(table).all().stream().map(part -> part.getPath().toString()).toList();
  }

  /**
   * The {@link #parts} whose checksum has not been compared since they were written or changed: all
   * but those that were there, with the same length and time, when {@link #noteWhole} named them or
   * a run was complete.
   */
  public List<String> uncheckedParts(String table) throws IOException {
    return checked(table).unchecked();
  }

  /** Notes that parts of a table, by their paths, are whole. */
  public void noteWhole(String table, List<String> parts) throws IOException {
    requireLock();
    checked(table)
        .note(parts.stream().map(part -> new Path(part).getName()).collect(Collectors.toSet()));
  }

  private void noteMoved() throws IOException {
    for (String table : tables) {
      checked(table).note(moved);
    }
  }

  private CheckedParts checked(String table) throws IOException {
    return new CheckedParts(tablePath(table), hadoop);
  }

  /** Whether a part's bytes are those that were committed; reads the whole file. */
  public static boolean isWhole(String part, Configuration hadoop) {
    OptionalInt expected = checksum(new Path(part).getName());
    try {
      return expected.isPresent() && expected.getAsInt() == crc32c(part, hadoop);
    } catch (IOException e) {
      return false;
    }
  }

  private static OptionalInt checksum(String name) {
    Matcher matcher = PART.matcher(name);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseUnsignedInt(matcher.group(1), 16))
        : OptionalInt.empty();
  }

  /** The CRC-32C of a file's bytes. */
  public static int crc32c(String file, Configuration hadoop) throws IOException {
    Path path = new Path(file);
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 17];
    try (FSDataInputStream in = path.getFileSystem(hadoop).open(path)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    }
    return (int) crc.getValue();
  }

  /** Moves a damaged file out of its table, but keeps it. */
  public void setAside(String part) throws IOException {
    requireLock();
    Path folder = new Path(root, DAMAGED);
    files.mkdirs(folder);
    Path path = new Path(part);
    move(path, new Path(folder, session + "-" + path.getName()));
  }

  /** Deletes a part whose images are to be computed again. */
  public void drop(String part) throws IOException {
    requireLock();
    files.delete(new Path(part), false);
  }

  /** The latest record of this run, if it was started before. */
  public Optional<String> record() throws IOException {
    Path file = recordPath();
    if (!files.exists(file)) {
      // A process that was killed while it replaced the record left the new one beside it.
      file = next(file);
    }
    if (!files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = files.open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Writes the record of this run; one of the two records can always be read. */
  public void record(String text) throws IOException {
    replace(recordPath(), text);
  }

  private Path recordPath() {
    return new Path(new Path(root, RUNS), run + ".json");
  }

  /** Replaces a folder that is not a table by one from the scratch folder. */
  public void replaceFolder(String name, String scratch) throws IOException {
    requireLock();
    Path place = new Path(root, name);
    files.delete(place, true);
    Path made = new Path(scratch);
    if (files.exists(made)) {
      move(made, place);
    }
  }

  /** Records that the run is complete, and moves it into place if it replaces another. */
  public void finish(String text) throws IOException {
    forgetMarks();
    if (replaced.isEmpty()) {
      noteMoved();
    }
    record(text);
    replace(new Path(root, ResultFolder.RUN_JSON), text);
    if (replaced.isPresent()) {
      // The lock on the old results is removed with them; a heartbeat finds the other in its place.
      replaced.get().expectReplacement();
      replacement.swap(lock);
      root = target;
      // An object store copies what it renames, with other times.
      noteMoved();
      replaced.get().close();
    }
    Replacement.leave(files, root, lock);
    finished = true;
  }

  private void replace(Path file, String text) throws IOException {
    requireLock();
    Path written = new Path(scratch(file.getName()));
    HadoopFiles.write(written, text.getBytes(StandardCharsets.UTF_8), hadoop);
    files.mkdirs(file.getParent());
    Path next = next(file);
    if (files.exists(next)) {
      // Left by a process that was killed; the only one, where the file is gone.
      if (files.exists(file)) {
        files.delete(next, false);
      } else {
        move(next, file);
      }
    }
    move(written, next);
    files.delete(file, false);
    move(next, file);
  }

  /** Where a file waits, whole, until the one that it replaces is gone. */
  private Path next(Path file) {
    return new Path(root, "_next-" + file.getName());
  }

  private void move(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot move " + from + " to " + to);
    }
  }

  /** Nothing may be moved once another driver can take the lock. */
  private void stopMoving() {
    movers.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      movers.awaitTermination(LAST_MOVES_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the work; committed parts stay, and an empty folder is removed. */
  @Override
  public void close() throws IOException {
    stopMoving();
    if (finished) {
      return;
    }
    files.delete(new Path(new Path(root, WORK), session), true);
    Replacement.removeIfEmpty(files, marksPath());
    Replacement.removeIfEmpty(files, marksPath().getParent());
    // Marks that are left tell the next start which images to be careful with.
    boolean nothing = isEmpty && isNew && lock.isHeld() && !files.exists(marksPath().getParent());
    if (nothing) {
      files.delete(recordPath(), false);
      Replacement.removeIfEmpty(files, new Path(root, RUNS));
      // Folders of tables that a part could not be moved into.
      for (FileStatus table : files.listStatus(root)) {
        Replacement.removeIfEmpty(files, new Path(table.getPath(), "run=" + run));
        Replacement.removeIfEmpty(files, table.getPath());
      }
    }
    Replacement.leave(files, root, lock);
    if (nothing) {
      Replacement.removeIfEmpty(files, root);
    }
    if (replaced.isPresent()) {
      Replacement.leave(files, target, replaced.get());
    }
  }
}
