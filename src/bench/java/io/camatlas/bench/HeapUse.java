package io.camatlas.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Heap activity of this JVM so far.
 *
 * @param allocatedBytes bytes allocated by live threads
 * @param collectionMillis milliseconds spent on garbage collection
 */
record HeapUse(long allocatedBytes, long collectionMillis) {
  static HeapUse now() {
    long collected =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    long allocated = 0;
    if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
      allocated =
          Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
              .filter(bytes -> bytes > 0)
              .sum();
    }
    return new HeapUse(allocated, collected);
  }

  HeapUse minus(HeapUse earlier) {
    return new HeapUse(
        allocatedBytes - earlier.allocatedBytes, collectionMillis - earlier.collectionMillis);
  }
}
