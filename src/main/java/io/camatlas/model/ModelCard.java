package io.camatlas.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.image.ResizeAs;
import io.camatlas.suggest.Choices;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a model's archive does not say of itself; read from the sidecar {@code MODEL.json} beside
 * {@code MODEL.pt}.
 *
 * @param name for people
 * @param classes names by index; empty while unknown
 * @param layer the layer to explain where the user names none; empty while unknown
 * @param scores what the network's scores are
 * @param preprocessing from pixels to the network's input
 * @param superclasses for each class the name of the group that it belongs to, or empty text; empty
 *     if there are no groups
 * @param changes what was changed in the archive since it was exported, in sentences
 * @param thresholds for each class the least probability at which an image is said to have the
 *     label, where images may have several; one number is for all, none is {@value #THRESHOLD}
 */
public record ModelCard(
    String name,
    List<String> classes,
    String layer,
    ScoreKind scores,
    Preprocessing preprocessing,
    List<String> superclasses,
    List<String> changes,
    List<Double> thresholds)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** From this probability on, an image is said to have a label. */
  public static final double THRESHOLD = 0.5;

  private static final List<String> KEYS =
      List.of(
          "name", "classes", "superclasses", "layer", "scores", "thresholds", "input", "changes");
  private static final int MOST_SHOWN = 80;

  private static final List<String> INPUT_KEYS =
      List.of("channels", "resize", "interpolation", "resize_as", "crop", "mean", "std");

  public ModelCard {
    classes = List.copyOf(classes);
    superclasses = List.copyOf(superclasses);
    changes = List.copyOf(changes);
    thresholds = List.copyOf(thresholds);
    for (double threshold : thresholds) {
      if (!(threshold > 0 && threshold <= 1)) {
        throw new IllegalArgumentException(
            "thresholds has %s; a threshold must be above 0 and at most 1.".formatted(threshold));
      }
    }
    if (!thresholds.isEmpty() && !scores.isMultiLabel()) {
      throw new IllegalArgumentException(
          "thresholds are given, but scores is %s; only models of several labels have thresholds: set scores to %s or %s."
              .formatted(
                  scores.text(),
                  ScoreKind.MULTI_LABEL.text(),
                  ScoreKind.MULTI_LABEL_PROBABILITIES.text()));
    }
  }

  /** A card without superclasses, of a model that was not changed. */
  public ModelCard(
      String name,
      List<String> classes,
      String layer,
      ScoreKind scores,
      Preprocessing preprocessing) {
    this(name, classes, layer, scores, preprocessing, List.of(), List.of(), List.of());
  }

  /** A card for a model without a sidecar: ImageNet's preprocessing, nothing else known. */
  public static ModelCard unknown(String name) {
    return new ModelCard(name, List.of(), "", ScoreKind.LOGITS, Preprocessing.IMAGENET);
  }

  /** Where the sidecar of a model is looked for: the same name, ending in {@code .json}. */
  public static Path sidecarOf(Path model) {
    String file = String.valueOf(model.getFileName());
    int dot = file.lastIndexOf('.');
    return model.resolveSibling((dot > 0 ? file.substring(0, dot) : file) + ".json");
  }

  /**
   * Reads a sidecar.
   *
   * @throws IllegalArgumentException if it is no JSON, or a key is unknown or has a wrong value;
   *     the message names file and key
   */
  public static ModelCard read(Path file) throws IOException {
    ObjectMapper mapper = JsonMapper.builder().build();
    JsonNode root;
    try {
      // As bytes: some editors put a mark before the text.
      root = mapper.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is no JSON: " + e.getOriginalMessage(), e);
    }
    try {
      checkKeys(root, KEYS);
      String fallback = String.valueOf(sidecarName(file));
      return new ModelCard(
          text(root.path("name"), "name", fallback),
          classes(root.path("classes")),
          text(root.path("layer"), "layer", ""),
          Choices.require("scores", root.path("scores").asText("logits"), ScoreKind.class),
          preprocessing(root.path("input")),
          superclasses(root.path("superclasses"), classes(root.path("classes"))),
          ModelChange.read(root.path("changes")).stream().map(ModelChange::sentence).toList(),
          thresholds(root.path("thresholds"), classes(root.path("classes"))));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Whether a sidecar says how images are prepared. */
  public static boolean saysInput(Path file) {
    try {
      return JsonMapper.builder().build().readTree(Files.readAllBytes(file)).hasNonNull("input");
    } catch (IOException e) {
      // Whoever reads the sidecar says so.
      return false;
    }
  }

  private static String text(JsonNode node, String key, String otherwise) {
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    if (!node.isTextual()) {
      throw new IllegalArgumentException(
          "%s is %s; it must be text, in quotes.".formatted(key, node));
    }
    return node.asText();
  }

  private static String sidecarName(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
  }

  private static void checkKeys(JsonNode node, List<String> known) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("it must be a JSON object with the keys " + known + ".");
    }
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "key '" + name + "' is not known" + NearestName.clause(name, known) + ".");
      }
    }
  }

  /** From {@code ["cat", "dog"]}, or from an index of each, {@code {"0": "cat", "1": "dog"}}. */
  private static List<String> classes(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isContainerNode()) {
      throw wrongClasses(node);
    }
    List<String> classes = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      JsonNode name = node.isArray() ? node.get(i) : node.path(Integer.toString(i));
      if (!(name.isTextual() || name.isNumber()) || name.asText().isBlank()) {
        throw wrongClasses(name.isMissingNode() ? node : name);
      }
      classes.add(name.asText());
    }
    return classes;
  }

  private static IllegalArgumentException wrongClasses(JsonNode found) {
    return new IllegalArgumentException(
        "classes holds %s; it must be a list of names, in the order of the scores, or an object that names the class of each index from 0 on."
            .formatted(
                found.toString().substring(0, Math.min(MOST_SHOWN, found.toString().length()))));
  }

  /** From {@code {"class": number, …}}; {@value #THRESHOLD} for classes that it does not name. */
  private static List<Double> thresholds(JsonNode node, List<String> classes) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isObject() || classes.isEmpty()) {
      throw new IllegalArgumentException(
          "thresholds must be an object that gives classes of the same file a number, such as"
              + " {\"cat\": 0.3}.");
    }
    List<Double> thresholds = new ArrayList<>(Collections.nCopies(classes.size(), THRESHOLD));
    node.fields()
        .forEachRemaining(
            one -> {
              int index = classes.indexOf(one.getKey());
              if (index < 0) {
                throw new IllegalArgumentException(
                    "thresholds has class '%s', which is not one of the classes%s."
                        .formatted(one.getKey(), NearestName.clause(one.getKey(), classes)));
              }
              if (!one.getValue().isNumber()) {
                throw new IllegalArgumentException(
                    "thresholds gives '%s' the value %s; it must be a number."
                        .formatted(one.getKey(), one.getValue()));
              }
              thresholds.set(index, one.getValue().asDouble());
            });
    return thresholds;
  }

  /** The least probability at which an image is said to have a label. */
  public double threshold(int index) {
    return switch (thresholds.size()) {
      case 0 -> THRESHOLD;
      case 1 -> thresholds.get(0);
      default -> thresholds.get(index);
    };
  }

  /** From {@code {"superclass": ["class", …], …}}. */
  private static List<String> superclasses(JsonNode node, List<String> classes) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          "superclasses must be an object that gives each name its classes, such as"
              + " {\"animal\": [\"cat\", \"dog\"]}.");
    }
    if (classes.isEmpty()) {
      throw new IllegalArgumentException(
          "superclasses are given, but no classes; name the classes in the same file.");
    }
    String[] superclasses = new String[classes.size()];
    Arrays.fill(superclasses, "");
    node.fields()
        .forEachRemaining(
            group -> {
              if (!group.getValue().isArray()) {
                throw new IllegalArgumentException(
                    "superclasses gives '%s' the value %s; it must be a list of classes."
                        .formatted(group.getKey(), group.getValue()));
              }
              for (JsonNode one : group.getValue()) {
                boolean known = false;
                for (int i = 0; i < superclasses.length; i++) {
                  if (classes.get(i).equals(one.asText())) {
                    if (!superclasses[i].isEmpty()) {
                      throw new IllegalArgumentException(
                          "superclasses has class '%s' in '%s' and again in '%s'; a class belongs to one."
                              .formatted(one.asText(), superclasses[i], group.getKey()));
                    }
                    superclasses[i] = group.getKey();
                    known = true;
                  }
                }
                if (!known) {
                  throw new IllegalArgumentException(
                      "superclasses has class '%s' in '%s', which is not one of the classes%s."
                          .formatted(
                              one.asText(),
                              group.getKey(),
                              NearestName.clause(one.asText(), classes)));
                }
              }
            });
    return List.of(superclasses);
  }

  private static Preprocessing preprocessing(JsonNode input) {
    if (input.isMissingNode() || input.isNull()) {
      return Preprocessing.IMAGENET;
    }
    checkKeys(input, INPUT_KEYS);
    ChannelOrder channels =
        Choices.require("channels", input.path("channels").asText("rgb"), ChannelOrder.class);
    if (channels == ChannelOrder.BGR && !(input.hasNonNull("mean") && input.hasNonNull("std"))) {
      throw new IllegalArgumentException(
          "channels is bgr, but mean or std is not given; give both in the order blue, green, red.");
    }
    List<Integer> resize = integers(input.path("resize"), "resize");
    List<Integer> crop = integers(input.path("crop"), "crop");
    return new Preprocessing(
        resize(resize),
        Choices.require(
            "interpolation", input.path("interpolation").asText("bilinear"), Interpolation.class),
        Choices.require("resize_as", input.path("resize_as").asText("pillow-12"), ResizeAs.class),
        crop(crop),
        channels,
        numbers(input.path("mean"), "mean", Preprocessing.IMAGENET.mean()),
        numbers(input.path("std"), "std", Preprocessing.IMAGENET.std()));
  }

  /** No number: none; one: the shorter side; two: height and width. */
  public static Resize resize(List<Integer> sizes) {
    return switch (sizes.size()) {
      case 0 -> new Resize.None();
      case 1 -> new Resize.ShorterSide(sizes.get(0));
      case 2 -> new Resize.Exact(sizes.get(0), sizes.get(1));
      default ->
          throw new IllegalArgumentException(
              "resize is " + sizes + "; give one size for the shorter side, or height and width.");
    };
  }

  /** No number: none; one: a square; two: height and width. */
  public static Crop crop(List<Integer> sizes) {
    return switch (sizes.size()) {
      case 0 -> new Crop.None();
      case 1 -> new Crop.Center(sizes.get(0), sizes.get(0));
      case 2 -> new Crop.Center(sizes.get(0), sizes.get(1));
      default ->
          throw new IllegalArgumentException("crop is " + sizes + "; give height and width.");
    };
  }

  private static List<Integer> integers(JsonNode node, String key) {
    List<Integer> values = new ArrayList<>();
    if (node.isInt()) {
      values.add(node.asInt());
    } else if (node.isArray()) {
      node.forEach(
          item -> {
            if (!item.isInt()) {
              throw new IllegalArgumentException(key + " holds " + item + ", no whole number.");
            }
            values.add(item.asInt());
          });
    } else if (!node.isMissingNode() && !node.isNull()) {
      throw new IllegalArgumentException(
          key + " is " + node + "; it must be a whole number, two of them, or null.");
    }
    return values;
  }

  private static List<Double> numbers(JsonNode node, String key, List<Double> otherwise) {
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    if (node.isNumber()) {
      return List.of(node.asDouble());
    }
    if (!node.isArray()) {
      throw new IllegalArgumentException(
          "%s is %s; it must be a list of numbers, one for each channel.".formatted(key, node));
    }
    List<Double> values = new ArrayList<>();
    node.forEach(
        item -> {
          if (!item.isNumber()) {
            throw new IllegalArgumentException(key + " holds " + item + ", no number.");
          }
          values.add(item.asDouble());
        });
    return values;
  }

  /** The layer, if it is known. */
  public Optional<String> defaultLayer() {
    return layer.isEmpty() ? Optional.empty() : Optional.of(layer);
  }

  /** Shape of the network's input, as the preprocessing makes it. */
  public InputShape inputShape() {
    return new InputShape(
        preprocessing.channels(), preprocessing.inputHeight(), preprocessing.inputWidth());
  }

  /**
   * This card with a name for every score.
   *
   * @param scores how many the network has
   * @throws IllegalArgumentException if classes are named, but not so many
   */
  public ModelCard withClassesFor(int scores) {
    if (classes.isEmpty()) {
      return withClasses(IntStream.range(0, scores).mapToObj(String::valueOf).toList());
    }
    if (classes.size() != scores) {
      throw new IllegalArgumentException(
          "The model has "
              + scores
              + " scores but "
              + classes.size()
              + " classes are named; name each, in the order of the scores.");
    }
    return this;
  }

  /**
   * Checks that names tell classes apart: labels, targets and results are found by them.
   *
   * @throws IllegalArgumentException naming two classes with one name
   */
  public void requireDistinctClasses() {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      Integer first = places.putIfAbsent(classes.get(i), i);
      if (first != null) {
        throw new IllegalArgumentException(
            "two classes are called '%s' (%d and %d), so that labels cannot tell them apart; give each its own name, in `classes` or in the sidecar."
                .formatted(classes.get(i), first, i));
      }
    }
  }

  /**
   * This card with other classes.
   *
   * @throws IllegalArgumentException if each class has its own threshold and there are not as many
   */
  public ModelCard withClasses(List<String> names) {
    if (thresholds.size() > 1 && names.size() != classes.size()) {
      throw new IllegalArgumentException(
          "The sidecar has thresholds for its %d classes, but `classes` names %d; name as many, or set `threshold`."
              .formatted(classes.size(), names.size()));
    }
    return new ModelCard(
        name,
        names,
        layer,
        scores,
        preprocessing,
        // By index: other names for as many classes are names for the same ones.
        names.size() == classes.size() ? superclasses : List.of(),
        changes,
        thresholds);
  }

  /** All that affects explanations, as text; superclasses only affect what is said of them. */
  public String identity() {
    return "ModelCard[name=%s, classes=%s, layer=%s, scores=%s, preprocessing=%s%s]"
        .formatted(
            name,
            classes,
            layer,
            scores,
            preprocessing,
            thresholds.isEmpty() ? "" : ", thresholds=" + thresholds);
  }
}
