package io.camatlas.spark.explain;

import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.InputKind;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.GridLayout;
import io.camatlas.model.LabelSets;
import io.camatlas.model.Layout;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreCheck;
import io.camatlas.spark.InputException;
import io.camatlas.spark.Printable;
import io.camatlas.spark.executor.DeviceCheck;
import io.camatlas.spark.executor.ExplainerPlan;
import io.camatlas.spark.executor.Progress;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.executor.RunIdentity;
import io.camatlas.spark.input.ImageSource;
import io.camatlas.spark.input.OwnResults;
import io.camatlas.spark.input.SortedListing;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunEnd;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.JobRun;
import io.camatlas.spark.storage.PartFormat;
import io.camatlas.spark.storage.PartWriter;
import io.camatlas.spark.storage.RunFolder;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Explains a dataset: writes the tables {@code explanations} and {@code failures}, {@code run.json}
 * and, if requested, pictures.
 *
 * <p>Work is committed slice by slice. A run that was stopped at any point and is started again
 * explains only the missing images, and images added since. A bad image ends up in {@code
 * failures}; a bad model or setting stops the job before any work.
 */
public final class ExplainJob {
  private static final int TASKS_A_SLOT = 2;

  /** Images of a run on GPUs for which trying batch sizes pays. */
  private static final int WORTH_FINDING = 1000;

  /** Rows of a listing that the driver holds, whatever metadata they have. */
  private static final int FEW = 1_000;

  /** Full passes ahead of a run for which a few passes to time layouts pay. */
  private static final int WORTH_TIMING = 64;

  private final SparkSession spark;
  private final ExplainJobSettings settings;
  private final RunIdentity identity;
  private final PrintStream console;

  public ExplainJob(SparkSession spark, ExplainJobSettings settings, PrintStream console) {
    this.spark = spark;
    this.settings = settings;
    this.identity = RunIdentity.of(settings.recipe());
    this.console = console;
  }

  /** Id of the run, which the settings decide: a folder may hold others beside it. */
  public String id() {
    return identity.id();
  }

  /**
   * What a job did. A run's tables may have more images than its input, of which some may be gone.
   *
   * @param out where the results are
   * @param images number of images in the input
   * @param before how many of these images earlier starts had done
   * @param explanations rows of these images
   * @param failures how many of these images failed
   * @param run what the run's tables have
   * @param seconds wall time of this start
   * @param explainSeconds how many of these seconds the explaining tasks took
   * @param work what this start's tasks did
   */
  public record Report(
      String out,
      long images,
      long before,
      long explanations,
      long failures,
      RunEnd.Counts run,
      double seconds,
      double explainSeconds,
      TaskReport work) {}

  /**
   * Runs the job, or the rest of it.
   *
   * @throws InputException if the images or the folder for results cannot be used
   * @throws ExplainStoppedException if Spark gives up; committed results are kept
   */
  public Report run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OwnResults.requireApart(settings.images(), settings.out(), hadoop);
    boolean overwrite = settings.given().get(ExplainOptions.OVERWRITE);
    if (!overwrite) {
      FinishedRun.requireSameTables(settings.out());
    }
    try (JobRun job = JobRun.start(spark);
        RunFolder folder = RunFolder.open(settings.out(), overwrite, identity.id(), hadoop)) {
      job.describe("list images");
      SourceImages listed =
          new ImageSource(spark, settings.card().classes(), several())
              .read(
                  settings.images(),
                  settings.given().get(ExplainOptions.INPUT_KIND),
                  settings.given().optional(ExplainOptions.CONTENT_COLUMN),
                  folder.scratch("listing"));
      SourceImages images = settings.card().scores().isMultiLabel() ? withSeveral(listed) : listed;
      if (!settings.card().scores().isMultiLabel()) {
        checkLabels(images.labels());
      }
      int maps = settings.explain().mapsOfTarget(settings.model().plan());
      job.expect(images.count() * maps);
      RunJournal journal = RunJournal.open(folder, settings, identity, job.started(), spark);
      console.printf(
          "Explaining %,d images (%s %s) at layer %s with %s%n",
          images.count(),
          images.kind().name().toLowerCase(Locale.ROOT),
          Printable.of(settings.images()),
          layers(settings.model().plan().layers()),
          identity.methods());
      closedForm().ifPresent(console::println);
      settings
          .explain()
          .perturbationMethods()
          .forEach(method -> console.println(cost(method, images.count())));
      settings.explain().gradientMethods().stream()
          .filter(method -> method.path().isLong())
          .forEach(method -> console.println(cost(method, images.count())));
      settings
          .model()
          .notes(settings.card().scores())
          .forEach(note -> console.println("Note: " + note));
      settings.card().changes().forEach(change -> console.println("Note: " + change));
      job.describe("find images that are done");
      CommittedImages committed =
          new CommittedImages(
              spark, folder, maps, settings.given().get(ExplainOptions.MAX_BYTES), console);
      Optional<CommittedImages.Done> done =
          committed.find(
              images,
              settings.given().get(ExplainOptions.RETRY_FAILURES),
              settings.given().get(ExplainOptions.CHECK_PARTS),
              settings.given().get(ExplainOptions.REMOVE_GONE));
      if (settings.given().get(ExplainOptions.RETRY_FAILURES)) {
        folder.forgetMarks();
      }
      journal.write();
      long gone = done.map(CommittedImages.Done::gone).orElse(0L);
      long before = done.isEmpty() ? 0 : committed.tally(images).whole();
      if (before > 0) {
        console.printf(
            "%,d of them are done already, %,d are left%n", before, images.count() - before);
      }
      TaskReport work = TaskReport.NOTHING;
      Instant tasks = Instant.now();
      if (before < images.count()) {
        try {
          work =
              explain(
                  job, images, committed, done, images.count() - before, folder, hadoop, journal);
        } finally {
          committed.forget();
        }
      }
      // Needed even if nothing was left to do: all earlier failures may be gone now.
      writeEmpty(
          PartFormat.parquet(spark, ExplanationsTable.NAME, ExplanationsTable.SCHEMA), folder);
      writeEmpty(PartFormat.parquet(spark, FailuresTable.NAME, FailuresTable.SCHEMA), folder);
      double explainSeconds = JobRun.secondsSince(tasks);
      job.describe("check that every image is in one table");
      FinalCount end = FinalCount.of(spark, folder, images, committed, maps, done.isEmpty());
      CommittedImages.Tally tally = end.listed();
      committed.forget();
      if (tally.missing() > 0 || tally.broken() > 0) {
        throw new IllegalStateException(
            "Of "
                + images.count()
                + " images, "
                + tally.missing()
                + " are in neither table and "
                + tally.broken()
                + " have rows that are doubled or incomplete; every image must have one failure,"
                + " or one row for each target, and for each layer and rule of it. Was "
                + folder.place()
                + " written to by another program? Run the command again: it sets such rows aside"
                + " and explains their images again.");
      }
      long overlays = overlays(job, images, folder, hadoop);
      Report report =
          new Report(
              folder.place(),
              images.count(),
              before,
              tally.explanations(),
              tally.failures(),
              new RunEnd.Counts(
                  images.count() + gone,
                  end.explanations(),
                  end.failures().values().stream().mapToLong(Long::longValue).sum(),
                  overlays),
              job.seconds(),
              explainSeconds,
              work);
      journal.finish(end(report, images, end.failures()));
      return report;
    }
  }

  private RunEnd end(Report report, SourceImages images, Map<String, Long> failures) {
    return new RunEnd(
        Instant.now().toString(),
        report.seconds(),
        report.explainSeconds(),
        report.run(),
        failures,
        report.work().told(report.before()),
        new RunEnd.Images(
            settings.images(),
            images.kind().name().toLowerCase(Locale.ROOT),
            images.packed().map(SourceImages.Packed::column).orElse(null)));
  }

  /**
   * The batch size that was given, that an earlier start found, or that is found now.
   *
   * @param gpus whether networks run on GPUs, which need larger batches than the default
   * @param left number of images
   */
  private int batch(
      JobRun job,
      ExplainPlan plan,
      DeviceSearch search,
      RunJournal journal,
      boolean gpus,
      long left)
      throws IOException {
    int wanted = settings.given().get(ExplainOptions.BATCH);
    boolean chosen = wanted == ExplainOptions.CHOOSE_BATCH;
    // What was chosen without trying does not keep a longer run from trying.
    boolean known =
        journal.batch().filter(size -> !chosen || size != ExplainOptions.USUAL_BATCH).isPresent();
    boolean tries =
        wanted == ExplainOptions.FIND_BATCH || (chosen && gpus && (known || left >= WORTH_FINDING));
    if (!tries || settings.model().plan().check().oneByOne()) {
      return plan.settings().batch();
    }
    if (known) {
      return journal.batch().orElseThrow();
    }
    job.describe("find the batch size");
    return search.batch(plan, (long) settings.given().get(ExplainOptions.BATCH_MEMORY) << 20);
  }

  /**
   * The layout that the scores demand, that an earlier start used, or that is found now. A resumed
   * run keeps it, as the last digits of maps depend on it.
   */
  private Layout layout(
      JobRun job, ExplainPlan plan, DeviceSearch search, RunJournal journal, long left) {
    ScoreCheck check = plan.probe().check();
    if (check.random() || check.layout() == Layout.PLANAR) {
      return check.layout();
    }
    if (journal.layout().isPresent()) {
      return journal.layout().get();
    }
    long passes = left * (1 + settings.explain().copies(settings.model().plan()));
    if (passes < (long) WORTH_TIMING * plan.settings().batch()) {
      return check.layout();
    }
    job.describe("find the layout of batches");
    return search.layout(plan);
  }

  /** The plan with batches that suit the device. */
  private ExplainPlan fitted(
      JobRun job,
      ExplainPlan given,
      DeviceSearch search,
      RunJournal journal,
      boolean gpus,
      long left)
      throws IOException {
    int batch = batch(job, given, search, journal, gpus, left);
    ExplainPlan sized = given.withExplainer(given.explainer().withBatch(batch));
    Layout layout = layout(job, sized, search, journal, left);
    journal.setBatch(batch);
    journal.setLayout(layout);
    journal.write();
    return sized.withExplainer(sized.explainer().withLayout(layout));
  }

  private TaskReport explain(
      JobRun job,
      SourceImages images,
      CommittedImages committed,
      Optional<CommittedImages.Done> done,
      long left,
      RunFolder folder,
      Configuration hadoop,
      RunJournal journal)
      throws IOException {
    String archive = folder.scratch("model.pt");
    HadoopFiles.upload(settings.model().file(), archive, hadoop);
    RunCounters counters = new RunCounters(spark.sparkContext());
    int partitions = settings.given().get(ExplainOptions.PARTITIONS);
    ExplainPlan given =
        new ExplainPlan(
            ExplainerPlan.of(
                settings.recipe(),
                identity,
                archive,
                HadoopFiles.isRemote(settings.images(), hadoop)),
            PartFormat.parquet(spark, ExplanationsTable.NAME, ExplanationsTable.SCHEMA),
            PartFormat.parquet(spark, FailuresTable.NAME, FailuresTable.SCHEMA),
            folder.scratch("parts"),
            ImageMarks.Plan.of(folder, spark.sparkContext()),
            new SerializableConfiguration(hadoop),
            counters);
    SparkContext context = spark.sparkContext();
    Optional<ResourceProfile> resources = settings.resources().profile(context);
    settings
        .resources()
        .withoutEffect(context.conf())
        .ifPresent(note -> console.println("Note: " + note));
    // Executors come and go.
    IntSupplier slots = () -> settings.resources().slots(context, resources);
    job.describe("check devices");
    boolean gpus =
        DeviceCheck.require(
            settings.given().get(ExplainOptions.DEVICE),
            settings.model().precision(),
            context,
            slots.getAsInt(),
            resources,
            console);
    DeviceSearch search = new DeviceSearch(context, resources, console);
    ExplainPlan plan = fitted(job, given, search, journal, gpus, left);
    ExplainRounds rounds = new ExplainRounds(context, plan, folder, resources);
    try (Progress progress = new Progress(counters, left, console)) {
      if (images.packed().isPresent()) {
        if (partitions > 0) {
          console.println(
              "Note: `partitions` has no effect: a table of encoded images is read in parts of its"
                  + " own.");
        }
        Dataset<Row> rows = images.packed().get().rows();
        rounds.run(
            done.map(
                    found ->
                        NameJoins.missingPacked(
                            rows,
                            images.listing(),
                            images.count(),
                            left,
                            found.ids(),
                            found.count()))
                .orElse(rows)
                .javaRDD());
      } else {
        Dataset<Row> rows =
            done.isEmpty() ? images.listing() : missing(images, done.get(), left, folder);
        // What is kept on an executor would keep it from being given back.
        committed.forget();
        int fixed = partitions == 0 ? 0 : (int) ((left + partitions - 1) / partitions);
        rounds.run(
            new Slices(inOrder(rows, left), plan.settings().batch(), fixed, left, slots),
            () -> partitions > 0 ? partitions : TASKS_A_SLOT * slots.getAsInt());
      }
    } catch (RuntimeException | IOException e) {
      console.printf(
          "Stopped. The %,d images explained by this start are saved in %s; run the same command"
              + " to resume.%n",
          rounds.total().images(), folder.place());
      throw e;
    }
    return rounds.total();
  }

  /** Rows of a listing. Few come at once: to fetch a part of them, a task waits for a free slot. */
  private static Iterator<Row> inOrder(Dataset<Row> rows, long count) {
    return count <= FEW ? rows.collectAsList().iterator() : rows.toLocalIterator();
  }

  /**
   * The rows of a listing whose images are not done, in order. They are written, so that the driver
   * can stream them without repeating the join for each part.
   */
  private Dataset<Row> missing(
      SourceImages images, CommittedImages.Done done, long left, RunFolder folder)
      throws IOException {
    Dataset<Row> missing =
        NameJoins.missing(images.listing(), images.count(), done.ids(), done.count());
    return SortedListing.sort(spark, missing, left, folder.scratch("left"));
  }

  /** Writes a part without rows, so that the table exists even if it is empty. */
  private static void writeEmpty(PartFormat format, RunFolder folder) throws IOException {
    if (folder.parts(format.table()).isEmpty()) {
      try (PartWriter none =
          new PartWriter(format, folder.scratch("empty-" + format.table() + ".parquet"))) {
        none.open();
        folder.commit(none.finish().stream().toList());
      }
    }
  }

  private long overlays(JobRun job, SourceImages images, RunFolder folder, Configuration hadoop)
      throws IOException {
    if (settings.given().get(ExplainOptions.OVERLAYS) == 0) {
      return 0;
    }
    Dataset<Row> explanations = spark.read().parquet(folder.table(ExplanationsTable.NAME));
    job.describe("draw pictures");
    String drawn = folder.scratch("overlays");
    long overlays =
        new OverlayStage(settings, new SerializableConfiguration(hadoop))
            .write(images.rows(), explanations, drawn);
    folder.replaceFolder("overlays", drawn);
    return overlays;
  }

  /** Says where noise is not sampled, and why. */
  private Optional<String> closedForm() {
    ProbePlan plan = settings.model().plan();
    List<ProbedLayer> closed = settings.explain().closedForm(plan);
    if (closed.isEmpty()) {
      return Optional.empty();
    }
    String output =
        plan.layers().size() == 1
            ? "the layer's output"
            : "the output of "
                + closed.stream().map(ProbedLayer::name).collect(Collectors.joining(", "));
    String affine = "Scores are affine in " + output + ", so noise changes no gradient";
    if (settings.explain().isNoisy(plan)) {
      return Optional.of(affine + " there; noisy copies are made for what else there is");
    }
    return Optional.of(
        settings.explain().copies(plan) > 0
            ? affine + ", and no noisy copies are made"
            : affine
                + ": one pass per image instead of "
                + (1 + settings.explain().noise().samples()));
  }

  /** What a rule costs that differentiates at many points. */
  private static String cost(GradientMethod method, long images) {
    return String.format(
        "Note: %s differentiates at %,d points between the mean colour and each image, so %,d images"
            + " are as much work as %,d.",
        method.name(),
        method.path().steps(),
        images,
        Math.multiplyExact(images, method.path().steps() + 1L));
  }

  /** What a rule costs that asks the network again. */
  private String cost(PerturbationMethod method, long images) {
    long copies =
        ExplainSettings.layersOf(method, settings.model().plan()).stream()
            .mapToLong(layer -> method.copies(layer.maps(), layer.height(), layer.width()))
            .sum();
    return String.format(
        "Note: %s asks the network about %,d changed copies of each image, so %,d images are as much"
            + " work as %,d.",
        method.name(), copies, images, Math.multiplyExact(images, copies + 1));
  }

  /** Names of layers, with where their grids are if not as convolutions return them. */
  private static String layers(List<ProbedLayer> layers) {
    return layers.stream()
        .map(
            layer ->
                layer.layout().equals(GridLayout.CHANNELS_FIRST)
                    ? layer.name()
                    : layer.name() + " (" + layer.layout() + ")")
        .collect(Collectors.joining(", "));
  }

  /** How the labels of an image are written, if it may have several. */
  private Optional<LabelSets> several() {
    return settings.card().scores().isMultiLabel()
        ? Optional.of(settings.explain().labels())
        : Optional.empty();
  }

  /**
   * Where images may have several labels, one that names no class is an error unless it is to be
   * ignored: images with a misspelt label would count as having none. Folders of which none names a
   * class give no labels.
   */
  private SourceImages withSeveral(SourceImages images) {
    Set<String> labels = images.labels();
    LabelSets sets = settings.explain().labels();
    List<String> classes = settings.card().classes();
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      known.put(classes.get(i), i);
    }
    Set<String> unknown = new TreeSet<>();
    for (String label : labels) {
      try {
        sets.read(label, known);
      } catch (IllegalArgumentException e) {
        unknown.add(label);
      }
    }
    boolean areFolders = images.kind() == InputKind.DIRECTORY || images.kind() == InputKind.GLOB;
    boolean isAnyKnown =
        labels.stream().anyMatch(label -> known.containsKey(label) || sets.none().contains(label));
    if (labels.isEmpty() || (areFolders && !isAnyKnown)) {
      console.println(
          "Note: no image has labels, so nothing is said of how often the model is right.");
      return images.withoutLabels();
    }
    if (!settings.explain().targets().label()) {
      console.println(
          "Note: an image with a label that the model misses has no map of it; add label to"
              + " `targets` to explain these, too.");
    }
    if (!unknown.isEmpty()) {
      String first = unknown.iterator().next();
      throw new InputException(
          "%d of %d labels are not classes of the model, for example '%s'%s; an image with a misspelt label would count as without it. Correct them, name those that say that there is no label in `empty-label`, or set `other-labels` to ignore."
              .formatted(
                  unknown.size(),
                  labels.size(),
                  Printable.of(first),
                  NearestName.clause(first, classes)));
    }
    return images;
  }

  /**
   * Labels that name no class are an error if the label is the target and no label names a class.
   */
  private void checkLabels(Set<String> labels) {
    List<String> classes = settings.card().classes();
    Set<String> unknown = new TreeSet<>(labels);
    unknown.removeAll(Set.copyOf(classes));
    if (unknown.isEmpty()) {
      return;
    }
    String first = unknown.iterator().next();
    String message =
        unknown.size()
            + " of "
            + labels.size()
            + " labels are not classes of the model, for example '"
            + Printable.of(first)
            + "'"
            + NearestName.clause(first, classes)
            + ".";
    if (settings.explain().targets().label() && unknown.size() == labels.size()) {
      throw new InputException(
          message
              + " Name the classes in the model's sidecar or set `classes` to a file of them, or"
              + " choose other `targets`.");
    }
    console.println("Note: " + message);
  }
}
