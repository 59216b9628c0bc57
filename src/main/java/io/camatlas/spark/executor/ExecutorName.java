package io.camatlas.spark.executor;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.spark.SparkEnv;

/** How people tell the processes of a cluster apart. */
public final class ExecutorName {
  private ExecutorName() {}

  /** This executor and its host. */
  public static String here() {
    return "executor " + SparkEnv.get().executorId() + " on " + host();
  }

  /** The name of this host. */
  public static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }
}
