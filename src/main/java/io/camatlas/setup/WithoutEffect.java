package io.camatlas.setup;

import io.camatlas.cam.MethodParameter;
import io.camatlas.cam.NamedMethod;
import io.camatlas.cam.PixelMethod;
import io.camatlas.config.AtlasOptions;
import io.camatlas.config.CausesOptions;
import io.camatlas.config.CompareOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FailOn;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.image.Resize;
import io.camatlas.model.ModelCard;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says of settings that somebody gave and that have no effect why that is so: whoever gave them
 * believes that they did something. A new setting that another one can make idle has its line here.
 */
public final class WithoutEffect {
  private final GivenSettings given;
  private final Set<String> told = new HashSet<>();
  private final List<String> notes = new ArrayList<>();

  private WithoutEffect(GivenSettings given) {
    this.given = given;
  }

  /** Notes, one or two sentences each, on the settings of explain. */
  public static List<String> explain(GivenSettings given, ModelCard card) {
    WithoutEffect of = new WithoutEffect(given);
    of.noise();
    of.parameters();
    of.labels(card);
    of.preprocessing(card);
    of.batch();
    of.earlierStarts();
    return of.notes;
  }

  /** Notes on the settings of an audit. */
  public static List<String> audit(GivenSettings given, ExplainJobSettings explain) {
    WithoutEffect of = new WithoutEffect(given);
    of.notes.addAll(explain(given, explain.card()));
    of.examples(explain);
    of.truth();
    of.strategies();
    of.experiments(
        CausesOptions.MOST_SUSPECTS, CausesOptions.CAUSES_SEED, CausesOptions.CAUSES_BATCH);
    of.pictures();
    return of.notes;
  }

  /** Notes on the settings of an atlas. */
  public static List<String> atlas(GivenSettings given) {
    WithoutEffect of = new WithoutEffect(given);
    of.truth();
    if (given.get(ReportOptions.FAIL_ON) == FailOn.NEVER) {
      of.note(
          "an atlas says nothing of classes by itself; `fail-on` is never, so nothing is judged.",
          ReportOptions.LEAST_IMAGES);
    }
    return of.notes;
  }

  /** Notes on the settings of experiments. */
  public static List<String> causes(GivenSettings given) {
    WithoutEffect of = new WithoutEffect(given);
    // What the network does without content is measured all the same, in batches and by the seed.
    of.experiments(CausesOptions.MOST_SUSPECTS);
    return of.notes;
  }

  /** Notes on the settings of faithfulness. */
  public static List<String> faithfulness(GivenSettings given) {
    WithoutEffect of = new WithoutEffect(given);
    if (given.get(FaithfulnessOptions.AGAIN) == 0) {
      of.note(
          "`again` is 0, so no map is made again.",
          FaithfulnessOptions.STAGES,
          FaithfulnessOptions.PERTURBATIONS,
          FaithfulnessOptions.RADIUS);
    }
    return of.notes;
  }

  /** Notes on the settings of a comparison. */
  public static List<String> compare(GivenSettings given) {
    WithoutEffect of = new WithoutEffect(given);
    if (given.get(CompareOptions.PICTURES) == 0) {
      of.note(
          "`pictures` is 0, so no image is shown.",
          ReportOptions.PICTURE_SIZE,
          CompareOptions.IMAGES,
          CompareOptions.WITH_IMAGES);
    }
    return of.notes;
  }

  /** Notes on the settings of the list of layers. */
  public static List<String> layers(GivenSettings given) {
    WithoutEffect of = new WithoutEffect(given);
    if (given.optional(ModelOptions.INPUT).isPresent()) {
      of.note(
          "`input` says what shape an image has.",
          ModelOptions.RESIZE,
          ModelOptions.CROP,
          ModelOptions.CHANNELS);
    }
    return of.notes;
  }

  private void noise() {
    Option<?>[] ofNoise = {
      ExplainOptions.SIGMA,
      ExplainOptions.NOISE_SCALE,
      ExplainOptions.SEED,
      ExplainOptions.NO_SHORTCUT
    };
    if (methods().noneMatch(NamedMethod::noisy)) {
      String why =
          "%s no noisy copies. Methods that do: %s."
              .formatted(named("makes", "make"), names(NamedMethod::noisy));
      boolean wanted = given.get(ExplainOptions.SAMPLES) > 0;
      note(
          why,
          Stream.concat(
                  wanted ? Stream.of(ExplainOptions.SAMPLES) : Stream.of(), Arrays.stream(ofNoise))
              .toArray(Option<?>[]::new));
    } else if (given.get(ExplainOptions.SAMPLES) == 0) {
      note("`samples` is 0, so there is no noise.", ofNoise);
    } else if (given.get(ExplainOptions.SIGMA) == 0) {
      note(
          "`sigma` is 0, so noisy copies are the image itself.",
          ExplainOptions.NOISE_SCALE,
          ExplainOptions.SEED);
    }
  }

  private void parameters() {
    for (MethodParameter<?> parameter : NamedMethod.allParameters()) {
      if (methods().noneMatch(method -> method.parameters().contains(parameter))) {
        note(
            "%s no such parameter. Methods that do: %s."
                .formatted(
                    named("has", "have"), names(method -> method.parameters().contains(parameter))),
            ExplainOptions.of(parameter));
      }
    }
  }

  private void labels(ModelCard card) {
    if (!card.scores().isMultiLabel()) {
      note(
          "`scores` is %s, so an image has one label; set it to multi-label if it may have several."
              .formatted(card.scores().text()),
          ExplainOptions.LABEL_SEPARATOR,
          ExplainOptions.EMPTY_LABEL,
          ExplainOptions.OTHER_LABELS,
          ExplainOptions.UNCERTAIN_LABELS,
          ExplainOptions.MISSING_LABELS);
    }
  }

  private void preprocessing(ModelCard card) {
    if (card.preprocessing().resize() instanceof Resize.None) {
      note(
          "images are not scaled; `resize` says to which size they would be.",
          ModelOptions.INTERPOLATION,
          ModelOptions.RESIZE_AS);
    }
  }

  private void batch() {
    int batch = given.get(ExplainOptions.BATCH);
    if (batch > 0) {
      note(
          "`batch` is %d, so no size is looked for; auto looks for one.".formatted(batch),
          ExplainOptions.BATCH_MEMORY);
    } else if (batch == ExplainOptions.CHOOSE_BATCH && given.isGiven(ExplainOptions.BATCH_MEMORY)) {
      notes.add(
          "`batch-memory` has an effect only where a size is looked for: with `batch` auto, or for"
              + " 1,000 images or more on GPUs.");
    }
  }

  private void earlierStarts() {
    if (given.get(ExplainOptions.OVERWRITE)) {
      note(
          "`overwrite` starts again, without what earlier starts have done.",
          ExplainOptions.CHECK_PARTS,
          ExplainOptions.REMOVE_GONE,
          ExplainOptions.RETRY_FAILURES);
    }
  }

  private void examples(ExplainJobSettings explain) {
    if (explain.explain().rules().stream().allMatch(rule -> rule.method() instanceof PixelMethod)) {
      note(
          "%s no feature maps, of which examples would be kept."
              .formatted(named("weighs", "weigh")),
          AtlasOptions.EXAMPLES);
    }
  }

  private void truth() {
    String truth = given.get(AtlasOptions.TRUTH);
    if (truth.equals("manifest") || truth.equals("none")) {
      note(
          "`truth` is %s; set it to a file or folder of annotations.".formatted(truth),
          AtlasOptions.TRUTH_KIND,
          AtlasOptions.TRUTH_BY_LABEL);
    }
  }

  private void strategies() {
    if (given.get(StrategiesOptions.NONE)) {
      note("`no-strategies` is set.", StrategiesOptions.SEED);
    }
  }

  private void experiments(Option<?>... idle) {
    if (given.get(CausesOptions.IMAGES_PER_FINDING) == 0) {
      note("`images-per-finding` is 0, so nothing is tested.", idle);
    }
  }

  private void pictures() {
    if (Stream.of(ReportOptions.PICTURES, ReportOptions.BROWSE, AtlasOptions.EXAMPLES)
        .allMatch(option -> given.get(option) == 0)) {
      note(
          "`pictures`, `browse` and `examples` are 0, so no image is shown.",
          ReportOptions.PICTURE_SIZE);
    }
  }

  private Stream<NamedMethod> methods() {
    return given.get(ExplainOptions.METHOD).stream()
        .map(name -> NamedMethod.of(name).orElseThrow());
  }

  /** The chosen methods as the subject of a sentence. */
  private String named(String one, String several) {
    List<String> names = methods().map(NamedMethod::name).distinct().toList();
    return words(names) + " " + (names.size() == 1 ? one : several);
  }

  private static String names(Predicate<NamedMethod> has) {
    return NamedMethod.ALL.stream()
        .filter(has)
        .map(NamedMethod::name)
        .collect(Collectors.joining(", "));
  }

  private static String words(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  /** Notes those of the settings that were given, and of which nothing was said yet. */
  private void note(String why, Option<?>... idle) {
    List<String> vain =
        Arrays.stream(idle)
            .filter(given::isGiven)
            .map(Option::name)
            .filter(told::add)
            .map("`%s`"::formatted)
            .toList();
    if (!vain.isEmpty()) {
      notes.add(words(vain) + (vain.size() == 1 ? " has" : " have") + " no effect: " + why);
    }
  }
}
