package io.camatlas.setup;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.TextLines;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ModelChange;
import io.camatlas.model.ScoreKind;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Opens the model that the settings name, with what they and its sidecar say about it. */
public final class ModelSetup {
  private ModelSetup() {}

  /**
   * A model that has been read but not loaded.
   *
   * @param archive the model's code
   * @param entry how the model is called
   * @param card what sidecar and settings say about the model
   */
  public record OpenModel(TorchScriptArchive archive, ModelEntry entry, ModelCard card) {
    /** Shape of one image: as set, else as the card's preprocessing makes it. */
    public InputShape input(GivenSettings given) {
      return given.optional(ModelOptions.INPUT).orElseGet(card::inputShape);
    }
  }

  /** Opens the model and its sidecar; problems are noted. */
  public static Optional<OpenModel> open(GivenSettings given) {
    Optional<ModelEntry> entry =
        given.build(
            () ->
                new ModelEntry(given.get(ModelOptions.ENTRY), given.optional(ModelOptions.OUTPUT)));
    Optional<TorchScriptArchive> archive =
        given.build(() -> TorchScriptArchive.open(ModelFiles.local(given.get(ModelOptions.MODEL))));
    Optional<ModelCard> card = given.build(() -> card(given, given.get(ModelOptions.MODEL)));
    if (archive.isEmpty() || card.isEmpty() || entry.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new OpenModel(archive.get(), entry.get(), card.get()));
  }

  /** Whether the model has a sidecar, either given or beside it, for more than its changes. */
  public static boolean hasSidecar(GivenSettings given) {
    return sidecar(given).filter(file -> !ModelChange.isAllThatIsSaid(file)).isPresent();
  }

  /**
   * That there is no sidecar, or one that does not say how images are prepared while no setting
   * does, in a sentence; empty if nothing is assumed.
   */
  public static Optional<String> assumption(GivenSettings given, Preprocessing used) {
    Optional<Path> file = sidecar(given).filter(one -> !ModelChange.isAllThatIsSaid(one));
    if (file.isEmpty()) {
      return Optional.of("the model has no sidecar; preprocessing is %s.".formatted(used));
    }
    return setsPreprocessing(given) || ModelCard.saysInput(file.get())
        ? Optional.empty()
        : Optional.of(
            "the model's sidecar says nothing of its input; preprocessing is %s.".formatted(used));
  }

  /** The model's sidecar, either given or beside it. */
  public static Optional<Path> sidecar(GivenSettings given) {
    return given
        .optional(ModelOptions.SIDECAR)
        .map(ModelFiles::local)
        .or(() -> ModelFiles.sidecar(given.get(ModelOptions.MODEL)));
  }

  /**
   * Texts that change whenever the model, its sidecar or its list of classes is rewritten, so that
   * callers who keep a prepared model know when to prepare it again.
   */
  public static List<String> versions(GivenSettings given) throws IOException {
    Map<String, String> texts = given.texts();
    String model = texts.get(ModelOptions.MODEL.name());
    String sidecar = texts.get(ModelOptions.SIDECAR.name());
    if (sidecar.isEmpty() && !model.isEmpty()) {
      sidecar = ModelFiles.sidecar(model).map(Path::toString).orElse("");
    }
    List<String> versions = new ArrayList<>();
    for (String file : List.of(model, sidecar, texts.get(ModelOptions.CLASSES.name()))) {
      versions.add(ModelFiles.version(file));
    }
    return versions;
  }

  private static ModelCard card(GivenSettings given, String model) {
    try {
      Optional<Path> file = sidecar(given);
      if (file.isPresent() && !Files.exists(file.get())) {
        throw new IllegalArgumentException(
            "`sidecar` is " + file.get() + ", which does not exist.");
      }
      String name = model.substring(model.lastIndexOf('/') + 1).replaceFirst("\\.[^.]*$", "");
      ModelCard card = file.isPresent() ? ModelCard.read(file.get()) : ModelCard.unknown(name);
      Optional<String> classes = given.optional(ModelOptions.CLASSES);
      ModelCard named = card;
      if (classes.isPresent()) {
        named = card.withClasses(classes(ModelFiles.local(classes.get())));
      }
      ScoreKind scores = given.optional(ModelOptions.SCORES).orElse(card.scores());
      Optional<Double> threshold = given.optional(ModelOptions.THRESHOLD);
      return new ModelCard(
          card.name(),
          named.classes(),
          card.layer(),
          scores,
          preprocessing(given, card.preprocessing()),
          named.superclasses(),
          card.changes(),
          threshold
              .map(List::of)
              // Of a model that is said to have one label, after all, thresholds mean nothing.
              .orElse(scores.isMultiLabel() ? named.thresholds() : List.of()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> classes(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("`classes` is " + file + ", which does not exist.");
    }
    return TextLines.of(file, "`classes` is " + file).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static boolean setsPreprocessing(GivenSettings given) {
    return Stream.of(
            ModelOptions.RESIZE,
            ModelOptions.CROP,
            ModelOptions.INTERPOLATION,
            ModelOptions.RESIZE_AS,
            ModelOptions.CHANNELS,
            ModelOptions.MEAN,
            ModelOptions.STD)
        .anyMatch(given::has);
  }

  private static Preprocessing preprocessing(GivenSettings given, Preprocessing card) {
    if (!setsPreprocessing(given)) {
      return card;
    }
    Resize resize = given.optional(ModelOptions.RESIZE).orElse(card.resize());
    ChannelOrder order = given.optional(ModelOptions.CHANNELS).orElse(card.order());
    if (!isSame(card.mean()) || !isSame(card.std())) {
      requireNumbersInOrder(given, card.order(), order);
    }
    return new Preprocessing(
        resize,
        given.optional(ModelOptions.INTERPOLATION).orElse(card.interpolation()),
        given.optional(ModelOptions.RESIZE_AS).orElse(card.resizeAs()),
        given.optional(ModelOptions.CROP).orElseGet(() -> crop(given, card.crop(), resize)),
        order,
        given.optional(ModelOptions.MEAN).orElse(card.mean()),
        given.optional(ModelOptions.STD).orElse(card.std()));
  }

  private static boolean isSame(List<Double> numbers) {
    return numbers.stream().distinct().count() == 1;
  }

  private static void requireNumbersInOrder(
      GivenSettings given, ChannelOrder known, ChannelOrder order) {
    boolean turned = known != order && order != ChannelOrder.GRAY;
    if (turned && !(given.has(ModelOptions.MEAN) && given.has(ModelOptions.STD))) {
      String needed = order == ChannelOrder.BGR ? "blue, green, red" : "red, green, blue";
      throw new IllegalArgumentException(
          "`channels` is %s, and the model's mean and std are for %s; set `mean` and `std` in the order %s."
              .formatted(
                  order.name().toLowerCase(Locale.ROOT),
                  known.name().toLowerCase(Locale.ROOT),
                  needed));
    }
  }

  /** The known crop, unless a resize that was set leaves too little for it: a black frame. */
  private static Crop crop(GivenSettings given, Crop known, Resize resize) {
    if (!given.has(ModelOptions.RESIZE) || !(known instanceof Crop.Center center)) {
      return known;
    }
    if (resize instanceof Resize.Exact exact) {
      boolean fits = center.height() <= exact.height() && center.width() <= exact.width();
      return fits ? known : new Crop.None();
    }
    if (resize instanceof Resize.ShorterSide side
        && side.size() < Math.min(center.height(), center.width())) {
      throw new IllegalArgumentException(
          "`resize` is %d, but the crop is %dx%d, so that every picture would get a black frame; set `crop`, too."
              .formatted(side.size(), center.height(), center.width()));
    }
    return known;
  }
}
