package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Spark for a command that first prepares a network. Where driver and executors are one process,
 * Spark starts beside that, as both take seconds; on a cluster it starts when it is needed, since
 * nobody wants machines for a command that is wrong.
 */
final class SparkStart implements AutoCloseable {
  private final String name;
  private final GivenSettings given;
  private CompletableFuture<SparkSession> starting;

  /** Gets ready to start Spark. */
  SparkStart(String name, GivenSettings given) {
    this.name = name;
    this.given = given;
  }

  /** Starts Spark, if that needs no machines but this one. */
  void beside() {
    String inFile = given.spark().getOrDefault("spark.master", "local");
    String master = new SparkConf().get("spark.master", inFile);
    if (starting == null && master.matches("local(\\[.*])?")) {
      begin(() -> SparkSessions.start(name, given));
    }
  }

  private void begin(Supplier<SparkSession> session) {
    starting =
        CompletableFuture.supplyAsync(session, task -> new Thread(task, "spark-start").start());
  }

  /**
   * Waits until Spark runs.
   *
   * @param environment environment variables of executors that are other processes
   */
  SparkSession get(Map<String, String> environment) {
    if (starting == null) {
      begin(() -> SparkSessions.start(name, given, environment));
    }
    try {
      SparkSession session = starting.join();
      // Each thread has its own, whose settings its columns go by.
      SparkSession.setActiveSession(session);
      return session;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Stops Spark if it was started. */
  @Override
  public void close() {
    if (starting != null) {
      starting.handle((session, failed) -> session).thenAccept(this::stop).join();
    }
  }

  private void stop(SparkSession session) {
    if (session != null) {
      session.stop();
    }
  }
}
