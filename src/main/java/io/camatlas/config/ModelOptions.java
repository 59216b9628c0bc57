package io.camatlas.config;

import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ScoreKind;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The settings that say which model is meant and what its archive does not say of itself. */
public final class ModelOptions {
  /** All options, in the order of the help; those of the sidecar win over it where given. */
  public static final List<Option> ALL =
      List.of(
          new Option(
              "model",
              "FILE",
              "",
              "TorchScript archive, traced or scripted, here or on a Hadoop file system. Required."),
          new Option(
              "sidecar", "FILE", "", "Its description; default: the same name ending in .json."),
          new Option("entry", "METHOD", "forward", "Method of the model that takes the images."),
          new Option(
              "output",
              "NAME",
              "",
              "Field, key or index of the scores; default: the first tensor returned."),
          new Option("classes", "FILE", "", "Names of the classes, a line each."),
          new Option(
              "scores",
              "KIND",
              "",
              "What the scores are: logits (default), probabilities or log-probabilities."),
          new Option(
              "resize",
              "SIZE",
              "",
              "none, the shorter side (256), or height and width (128x128), in pixels."),
          new Option("crop", "SIZE", "", "none, or the centre crop (224 or 224x224), in pixels."),
          new Option("interpolation", "NAME", "", "bilinear or bicubic, antialiased."),
          new Option("channels", "ORDER", "", "rgb, bgr or gray."),
          new Option("mean", "M,…", "", "Mean of each channel, pixels being 0 to 1."),
          new Option("std", "S,…", "", "Standard deviation of each channel."));

  private ModelOptions() {}

  /**
   * A model that has been read but not loaded.
   *
   * @param archive its code
   * @param entry how it is called
   * @param card sidecar and flags
   */
  public record OpenModel(TorchScriptArchive archive, ModelEntry entry, ModelCard card) {}

  /** Opens the model and its sidecar; problems are noted. */
  public static Optional<OpenModel> open(GivenSettings given) {
    String model = given.required("model");
    Optional<ModelEntry> entry =
        given.build(() -> new ModelEntry(given.text("entry"), given.optional("output")));
    if (model.isEmpty()) {
      return Optional.empty();
    }
    Optional<TorchScriptArchive> archive =
        given.build(() -> TorchScriptArchive.open(ModelFiles.local(model)));
    Optional<ModelCard> card = given.build(() -> card(given, model));
    if (archive.isEmpty() || card.isEmpty() || entry.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new OpenModel(archive.get(), entry.get(), card.get()));
  }

  /** Whether a model has a sidecar, given or beside it. */
  public static boolean hasSidecar(GivenSettings given) {
    return given.optional("sidecar").isPresent()
        || ModelFiles.sidecar(given.text("model")).isPresent();
  }

  /**
   * What changes whenever the model, its sidecar or its list of classes is written anew, so that
   * whoever keeps a prepared model knows when to prepare it again.
   */
  public static List<String> versions(GivenSettings given) throws IOException {
    List<String> versions = new ArrayList<>();
    for (String file :
        List.of(
            given.text("model"),
            given
                .optional("sidecar")
                .or(() -> ModelFiles.sidecar(given.text("model")).map(Path::toString))
                .orElse(""),
            given.text("classes"))) {
      versions.add(ModelFiles.version(file));
    }
    return versions;
  }

  private static ModelCard card(GivenSettings given, String model) {
    try {
      Optional<Path> named = given.optional("sidecar").map(ModelFiles::local);
      if (named.isPresent() && !Files.exists(named.get())) {
        throw new IllegalArgumentException(
            "sidecar is " + named.get() + ", and no such file is there.");
      }
      Optional<Path> file = named.or(() -> ModelFiles.sidecar(model));
      String name = model.substring(model.lastIndexOf('/') + 1).replaceFirst("\\.[^.]*$", "");
      ModelCard card = file.isPresent() ? ModelCard.read(file.get()) : ModelCard.unknown(name);
      List<String> classes =
          given.optional("classes").isPresent()
              ? classes(ModelFiles.local(given.text("classes")))
              : card.classes();
      ScoreKind scores =
          given.optional("scores").isPresent()
              ? given.choice("scores", ScoreKind.class)
              : card.scores();
      return new ModelCard(
          card.name(), classes, card.layer(), scores, preprocessing(given, card.preprocessing()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> classes(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException("classes is " + file + ", and no such file is there.");
    }
    return Files.readAllLines(file).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static Preprocessing preprocessing(GivenSettings given, Preprocessing card) {
    boolean overridden =
        List.of("resize", "crop", "interpolation", "channels", "mean", "std").stream()
            .anyMatch(name -> given.optional(name).isPresent());
    if (!overridden) {
      return card;
    }
    ChannelOrder channels =
        given.optional("channels").isPresent()
            ? given.choice("channels", ChannelOrder.class)
            : card.order();
    return new Preprocessing(
        given.optional("resize").isPresent()
            ? ModelCard.resize(sizes(given, "resize"))
            : card.resize(),
        given.optional("interpolation").isPresent()
            ? given.choice("interpolation", Interpolation.class)
            : card.interpolation(),
        given.optional("crop").isPresent() ? ModelCard.crop(sizes(given, "crop")) : card.crop(),
        channels,
        given.optional("mean").isPresent() ? numbers(given, "mean") : card.mean(),
        given.optional("std").isPresent() ? numbers(given, "std") : card.std());
  }

  private static List<Integer> sizes(GivenSettings given, String name) {
    String text = given.text(name);
    if (text.equals("none")) {
      return List.of();
    }
    return Arrays.stream(text.split("x")).map(item -> wholeNumber(name, item)).toList();
  }

  private static List<Double> numbers(GivenSettings given, String name) {
    return Arrays.stream(given.text(name).split(","))
        .map(
            item -> {
              try {
                return Double.parseDouble(item.strip());
              } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                    name + " holds '" + item.strip() + "'; it must be a number.", e);
              }
            })
        .toList();
  }

  static int wholeNumber(String name, String item) {
    try {
      return Integer.parseInt(item.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " holds '" + item.strip() + "'; it must be a whole number.", e);
    }
  }
}
