package io.camatlas.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The archive of loaded classes that a first start leaves for later ones, which begin sooner by it
 * (class data sharing, JEP 350). {@code jobs/spark-submit} names the file to a Java that can write
 * it.
 */
final class ClassArchive {
  /** The system property that names the file; not set if there is nothing to write. */
  static final String PROPERTY = "camatlas.archive";

  private ClassArchive() {}

  /**
   * Writes the archive if one is wanted. A command calls it when it is done: after one that failed,
   * few classes are loaded.
   */
  static void write(PrintStream err) {
    String file = System.getProperty(PROPERTY, "");
    if (file.isEmpty()) {
      return;
    }
    err.println(
        "Java keeps the classes it has loaded, for later starts; this once, it takes a while.");
    // Others may be writing theirs.
    Path own = Path.of(file + "." + ProcessHandle.current().pid());
    // Java says there what it dumps; the command has said all it has to.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "vmCds",
              new Object[] {new String[] {"dynamic_dump", own.toString()}},
              new String[] {String[].class.getName()});
      Files.move(own, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
    } catch (JMException | IOException | RuntimeException e) {
      // The command is done all the same.
      err.println("They could not be kept: " + e.getMessage());
    }
  }
}
