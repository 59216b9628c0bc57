package io.camatlas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Imports between packages point one way. */
class ImportDirectionTest {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    String tests =
        ImportDirectionTest.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    classes =
        new ClassFileImporter()
            // Whatever stands where this class does is a test, wherever a build puts them.
            .withImportOption(location -> !location.contains(tests))
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
            DescribedPredicate.describe(
                "lie in other packages than " + String.join(", ", packages),
                other ->
                    other.getPackageName().startsWith("io.camatlas")
                        && Arrays.stream(packages)
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
  void roomsOfSparkFormNoCycle() {
    slices().matching("io.camatlas.spark.(*)..").should().beFreeOfCycles().check(classes);
  }

  /**
   * Storage, input, results and what stands on these from the bottom up; then jobs, which know no
   * other.
   */
  @Test
  void jobsStandOnRoomsAndNotOnOneAnother() {
    mayUseOfSpark("storage");
    mayUseOfSpark("input", "storage");
    mayUseOfSpark("results", "storage", "input");
    mayUseOfSpark("executor", "storage", "input", "results");
    mayUseOfSpark("facts", "storage", "input", "results");
    mayUseOfSpark("pages", "storage", "input", "results");
    mayUseOfSpark("truth", "storage", "input", "results");
    for (String job :
        List.of(
            "explain",
            "atlas",
            "faithfulness",
            "causes",
            "report",
            "notebook",
            "pack",
            "doctor",
            "concept",
            "compare",
            "strategies")) {
      mayUseOfSpark(job, "storage", "input", "results", "executor", "facts", "pages", "truth");
    }
  }

  /** What lies directly in {@code spark} is for all rooms and knows none of them. */
  private static void mayUseOfSpark(String room, String... others) {
    noClasses()
        .that()
        .resideInAPackage("io.camatlas.spark." + room + "..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "lie in rooms of spark other than " + String.join(", ", others),
                other ->
                    other.getPackageName().startsWith("io.camatlas.spark.")
                        && !other.getPackageName().startsWith("io.camatlas.spark." + room)
                        && Arrays.stream(others)
                            .noneMatch(
                                allowed ->
                                    other
                                        .getPackageName()
                                        .startsWith("io.camatlas.spark." + allowed))))
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("io.camatlas.spark")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.camatlas.spark.*..")
        .check(classes);
  }

  /** A class and one that it uses: only one of them knows the other. */
  @Test
  void noTwoFilesOfSparkUseEachOther() {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass one : classes) {
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        String from = file(one);
        String to = file(dependency.getTargetClass());
        if (from.startsWith("io.camatlas.spark.") && !from.equals(to)) {
          uses.computeIfAbsent(from, any -> new TreeSet<>()).add(to);
        }
      }
    }
    List<String> pairs = new ArrayList<>();
    uses.forEach(
        (from, all) ->
            all.stream()
                .filter(to -> from.compareTo(to) < 0)
                .filter(to -> uses.getOrDefault(to, Set.of()).contains(from))
                .forEach(to -> pairs.add(from + " and " + to)));
    assertThat(pairs).isEmpty();
  }

  private static String file(JavaClass one) {
    String name = one.getBaseComponentType().getName();
    return name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
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
    mayUseOnly("concepts");
    mayUseOnly("compare", "atlas", "localize");
    mayUseOnly("strategies", "atlas", "localize");
    mayUseOnly("faithfulness", "model", "atlas");
    mayUseOnly("sanity", "explain", "faithfulness", "model", "cam", "image", "localize");
    mayUseOnly("causes", "model", "atlas", "image", "localize");
    mayUseOnly("report", "atlas", "causes", "compare", "localize", "image", "strategies");
    mayUseOnly("config", "model", "atlas", "cam", "image", "suggest");
    mayUseOnly(
        "setup",
        "config",
        "spark",
        "torchscript",
        "faithfulness",
        "sanity",
        "explain",
        "model",
        "cam",
        "image");
    mayUseOnly(
        "spark",
        "atlas",
        "truth",
        "faithfulness",
        "sanity",
        "causes",
        "compare",
        "concepts",
        "strategies",
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
        // Tensors lie on an ai.djl.Device.
        .resideOutsideOfPackages(
            "io.camatlas.cam..",
            "ai.djl",
            "ai.djl.ndarray..",
            "org.apache.commons.math3..",
            "java..")
        .check(classes);
  }
}
