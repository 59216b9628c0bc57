package io.camatlas.spark;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.AfterClass;

/**
 * A test with a real Spark in this JVM, which all such tests share: to start one for each takes
 * longer than most of them.
 */
public abstract class SparkSuite extends JavaDatasetSuiteBase {
  /** The session, for tests of JUnit 5; it is not theirs to stop. */
  public static SparkSession session() {
    SparkSuite suite = new SparkSuite() {};
    suite.runBefore();
    return suite.sqlContext().sparkSession();
  }

  /** A few rows in Spark's 200 partitions are 200 tasks that do nothing. */
  @Override
  public SparkConf conf() {
    return super.conf()
        .setMaster("local[2]")
        .set("spark.ui.enabled", "false")
        .set("spark.sql.shuffle.partitions", "2")
        .set("spark.sql.ui.retainedExecutions", "5");
  }

  /** No test has tables of Hive, whose metastore takes ten seconds to start. */
  @Override
  public boolean enableHiveSupport() {
    return false;
  }

  /** Hides the method that stops Spark after each class. */
  @AfterClass
  public static void runAfterClass() {}
}
