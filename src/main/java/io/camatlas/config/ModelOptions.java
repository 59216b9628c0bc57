package io.camatlas.config;

import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.ScoreKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Options that name the model and say what its archive does not. */
public final class ModelOptions {
  public static final Option<String> MODEL =
      Option.text("model", "FILE")
          .required()
          .topic(Topic.MODEL)
          .help(
              "TorchScript archive, traced or scripted, on this machine or a Hadoop file system.");

  public static final Option<String> SIDECAR =
      Option.text("sidecar", "FILE")
          .topic(Topic.MODEL)
          .help(
              "Description of the model. Default: the file beside it with the same name, ending in"
                  + " .json.");

  public static final Option<String> ENTRY =
      Option.text("entry", "METHOD")
          .byDefault("forward")
          .topic(Topic.MODEL)
          .help("Method of the model that takes the images.");

  public static final Option<String> OUTPUT =
      Option.text("output", "NAME")
          .topic(Topic.MODEL)
          .help("Field, key or index of the scores. Default: the first tensor that is returned.");

  public static final Option<String> CLASSES =
      Option.text("classes", "FILE")
          .topic(Topic.MODEL)
          .help("Names of the classes, one per line. Default: those of the sidecar.");

  public static final Option<ScoreKind> SCORES =
      Option.choice("scores", ScoreKind.class)
          .label("KIND")
          .topic(Topic.MODEL)
          .help(
              "What the scores are: logits, probabilities or log-probabilities of classes that"
                  + " exclude one another; multi-label (a logit for each label, before a sigmoid) or"
                  + " multi-label-probabilities. Default: what the sidecar says, else logits.");

  public static final Option<Double> THRESHOLD =
      Option.decimal("threshold")
          .from(0.0)
          .to(1.0)
          .topic(Topic.MODEL)
          .help(
              "Of a model of several labels: the probability from which on an image is said to have"
                  + " a label. Default: what the sidecar says for each class, else 0.5.");

  public static final Option<Resize> RESIZE =
      Option.of("resize", "SIZE", text -> ModelCard.resize(sizes("resize", text)))
          .topic(Topic.MODEL)
          .help(
              "Size to scale images to, in pixels: none, the shorter side (256), or height and"
                  + " width (128x128).");

  public static final Option<Crop> CROP =
      Option.of("crop", "SIZE", text -> ModelCard.crop(sizes("crop", text)))
          .topic(Topic.MODEL)
          .help("Size of the centre crop, in pixels: none, 224 or 224x224.");

  public static final Option<Interpolation> INTERPOLATION =
      Option.choice("interpolation", Interpolation.class)
          .topic(Topic.MODEL)
          .help("How images are scaled; always antialiased.");

  public static final Option<ResizeAs> RESIZE_AS =
      Option.choice("resize-as", ResizeAs.class)
          .topic(Topic.MODEL)
          .help(
              "Whose resize is followed to the last bit: Pillow's up to version 12, or that of"
                  + " Pillow 13, which differs in images much taller than wide. Default: what the"
                  + " sidecar says, else pillow-12.");

  public static final Option<ChannelOrder> CHANNELS =
      Option.choice("channels", ChannelOrder.class)
          .topic(Topic.MODEL)
          .help("Order of the colours that the model expects.");

  public static final Option<List<Double>> MEAN =
      Option.of("mean", "M,…", text -> numbers("mean", text))
          .topic(Topic.MODEL)
          .help("Mean of each channel, for pixels from 0 to 1.");

  public static final Option<List<Double>> STD =
      Option.of("std", "S,…", text -> numbers("std", text))
          .topic(Topic.MODEL)
          .help("Standard deviation of each channel, for pixels from 0 to 1.");

  /** All options, in the order of the help; if given, they override the sidecar. */
  public static final List<Option<?>> ALL =
      List.of(
          MODEL,
          SIDECAR,
          ENTRY,
          OUTPUT,
          CLASSES,
          SCORES,
          THRESHOLD,
          RESIZE,
          CROP,
          INTERPOLATION,
          RESIZE_AS,
          CHANNELS,
          MEAN,
          STD);

  public static final Option<InputShape> INPUT =
      Option.of("input", "CxHxW", InputShape::parse)
          .topic(Topic.MODEL)
          .help(
              "Shape of one image, such as 3x224x224. Default: what the sidecar's preprocessing"
                  + " produces.");

  /** The options of {@code camatlas layers}. */
  public static final List<Option<?>> LAYERS =
      Stream.<Option<?>>concat(ALL.stream(), Stream.of(INPUT)).toList();

  private ModelOptions() {}

  private static List<Integer> sizes(String name, String text) {
    if (text.equals("none")) {
      return List.of();
    }
    return Arrays.stream(text.split("x")).map(part -> wholeNumber(name, part)).toList();
  }

  private static List<Double> numbers(String name, String text) {
    return Arrays.stream(text.split(","))
        .map(
            part -> {
              try {
                return Double.parseDouble(part.strip());
              } catch (NumberFormatException e) {
                throw Option.holds(name, part.strip(), "a number", e);
              }
            })
        .toList();
  }

  static int wholeNumber(String name, String part) {
    try {
      return Integer.parseInt(part.strip());
    } catch (NumberFormatException e) {
      throw Option.holds(name, part.strip(), "a whole number", e);
    }
  }
}
