package io.camatlas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Imports between packages point one way. */
class ImportDirectionTest {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            // ArchUnit knows target/test-classes only, not that of a build for another Spark.
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("io.camatlas");
  }

  private static void mayUseOnly(String from, String... allowed) {
    String[] packages = new String[allowed.length + 1];
    packages[0] = "io.camatlas." + from + "..";
    for (int i = 0; i < allowed.length; i++) {
      packages[i + 1] = "io.camatlas." + allowed[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage("io.camatlas." + from + "..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "lie in other packages than " + String.join(", ", packages),
                other ->
                    other.getPackageName().startsWith("io.camatlas")
                        && java.util.Arrays.stream(packages)
                            .noneMatch(
                                allowedPackage ->
                                    other
                                        .getPackageName()
                                        .startsWith(allowedPackage.replace("..", "")))))
        .check(classes);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.camatlas.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void jobsFormNoCycle() {
    slices().matching("io.camatlas.spark.(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void theReportIsMadeInOneDirection() {
    slices().matching("io.camatlas.report.(*)..").should().beFreeOfCycles().check(classes);
    noClasses()
        .that()
        .resideInAPackage("io.camatlas.report")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.camatlas.report.*..")
        .check(classes);
  }

  @Test
  void featuresKnowOnlyWhatLiesBelowThem() {
    mayUseOnly("suggest");
    mayUseOnly("cam");
    mayUseOnly("localize");
    mayUseOnly("image");
    mayUseOnly("demo");
    mayUseOnly("torchscript", "suggest");
    mayUseOnly("model", "torchscript", "cam", "image", "suggest");
    mayUseOnly("explain", "model", "cam", "image", "localize", "suggest");
    mayUseOnly("atlas", "localize");
    mayUseOnly("truth", "atlas", "image", "localize", "suggest");
    mayUseOnly("faithfulness", "model", "atlas");
    mayUseOnly("report", "localize", "image");
    mayUseOnly("config", "model", "atlas", "cam", "image", "suggest");
    mayUseOnly(
        "setup",
        "config",
        "spark",
        "torchscript",
        "faithfulness",
        "explain",
        "model",
        "cam",
        "image");
    mayUseOnly(
        "spark",
        "atlas",
        "truth",
        "faithfulness",
        "explain",
        "model",
        "cam",
        "image",
        "localize",
        "report",
        "config",
        "suggest");
  }

  /** They are compiled with everything else but lie in a jar that nobody is given. */
  @Test
  void nothingKnowsTheBenchmarks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.camatlas.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.camatlas.bench..")
        .check(classes);
  }

  @Test
  void onlyTheModelPackageKnowsTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.camatlas.model..", "io.camatlas.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl.pytorch..")
        .check(classes);
  }

  @Test
  void onlySparkTheCommandsAndTheMlStageKnowSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.camatlas.spark..", "io.camatlas.cli..", "io.camatlas.ml..", "io.camatlas.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..")
        .check(classes);
  }

  @Test
  void nothingKnowsTheMlStage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.camatlas.ml..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.camatlas.ml..", "org.apache.spark.ml..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("io.camatlas.ml..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.camatlas.cli..")
        .check(classes);
  }

  @Test
  void mathematicsKnowsTensorsAndNothingElse() {
    noClasses()
        .that()
        .resideInAPackage("io.camatlas.cam..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("io.camatlas.cam..", "ai.djl.ndarray..", "java..")
        .check(classes);
  }
}
