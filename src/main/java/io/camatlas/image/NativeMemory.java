package io.camatlas.image;

import java.util.Locale;

/** What JavaCPP, through which OpenCV is called, makes of a process's memory. */
public final class NativeMemory {
  private static final String LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

  private NativeMemory() {}

  /**
   * Lifts JavaCPP's limit, before its first use: it refuses to allocate anything once the process
   * holds four times Java's heap, which networks and their batches do beside a small one. To ask
   * for the process's memory before each allocation takes half of the time of small pictures, too.
   * What was set when Java started stays.
   */
  public static void liftLimit() {
    if (System.getProperty(LIMIT) == null
        && System.getProperty(LIMIT.toLowerCase(Locale.ROOT)) == null) {
      System.setProperty(LIMIT, "0");
    }
  }
}
