package io.camatlas.truth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Boxes and masks from COCO's instance annotations (arXiv:1405.0312): one JSON file of {@code
 * images}, {@code annotations} and {@code categories}, in any order, read in one pass.
 *
 * <p>A box is {@code [x, y, width, height]} in pixels; a {@code segmentation} is a list of
 * polygons, or run lengths as numbers or compressed to text. {@code iscrowd} sets {@link
 * TruthObject#crowd}. {@code width} and {@code height} of an image are kept if there are both.
 * Other fields are ignored.
 */
public final class CocoTruth {
  private static final JsonMapper JSON = new JsonMapper();

  private CocoTruth() {}

  /** An image as the file lists it; a side is 0 if it is not a number of pixels. */
  private record Image(String file, int width, int height) {}

  /** An annotation whose image and category numbers have not been looked up yet. */
  private record Annotation(
      String name, long image, long category, double[] box, Mask mask, boolean crowd) {}

  /**
   * Reads the whole file; leaves the stream open.
   *
   * @return annotations by image, named as in its {@code file_name}, in the file's order; includes
   *     images without annotations
   * @throws TruthException naming place and value, if the file is not of this format, or an
   *     annotation is damaged or refers to an image or category that is not listed
   * @throws UncheckedIOException if the stream cannot be read
   */
  public static Map<String, GroundTruth> read(InputStream json) {
    Map<Long, Image> images = new LinkedHashMap<>();
    Map<Long, String> categories = new HashMap<>();
    List<Annotation> annotations = new ArrayList<>();
    boolean listed = false;
    try (JsonParser parser = JSON.createParser(json)) {
      parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new TruthException(
            "The COCO file is not a JSON object; it must have images, annotations and categories."
                + " Give another file.");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String section = parser.currentName();
        boolean isList = parser.nextToken() == JsonToken.START_ARRAY;
        if (isList && section.equals("images")) {
          each(parser, section, (name, node) -> put(images, name, node, image(name, node)));
        } else if (isList && section.equals("categories")) {
          each(
              parser,
              section,
              (name, node) -> put(categories, name, node, text(name, node, "name")));
        } else if (isList && section.equals("annotations")) {
          listed = true;
          each(parser, section, (name, node) -> annotations.add(annotation(name, node)));
        } else {
          parser.skipChildren();
        }
      }
    } catch (JsonProcessingException broken) {
      throw new TruthException(
          "The COCO file is cut off or damaged at line %d, column %d: %s. Fetch it again."
              .formatted(
                  broken.getLocation() == null ? 0 : broken.getLocation().getLineNr(),
                  broken.getLocation() == null ? 0 : broken.getLocation().getColumnNr(),
                  broken.getOriginalMessage()),
          broken);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    if (images.isEmpty() || !listed) {
      throw new TruthException(
          "The COCO file has %d images and %s annotations; it must have lists of both. Give the instances file."
              .formatted(images.size(), listed ? "a list of" : "no list of"));
    }
    return joined(images, categories, annotations);
  }

  private static Map<String, GroundTruth> joined(
      Map<Long, Image> images, Map<Long, String> categories, List<Annotation> annotations) {
    Map<Long, List<TruthObject>> objects = new HashMap<>();
    for (Annotation annotation : annotations) {
      String category = categories.get(annotation.category);
      if (category == null || !images.containsKey(annotation.image)) {
        throw new TruthException(
            "%s refers to the %s %d, which is not listed. Correct the file."
                .formatted(
                    annotation.name,
                    category == null ? "category" : "image",
                    category == null ? annotation.category : annotation.image));
      }
      double[] box = annotation.box;
      TruthObject object;
      try {
        object =
            new TruthObject(
                category,
                box[0],
                box[1],
                box[0] + box[2],
                box[1] + box[3],
                annotation.mask,
                false,
                annotation.crowd);
      } catch (TruthException wrong) {
        throw new TruthException("%s: %s".formatted(annotation.name, wrong.getMessage()), wrong);
      }
      objects.computeIfAbsent(annotation.image, key -> new ArrayList<>()).add(object);
    }
    Map<String, GroundTruth> truths = new LinkedHashMap<>();
    images.forEach(
        (id, image) -> {
          GroundTruth truth =
              new GroundTruth(objects.getOrDefault(id, List.of()), image.width(), image.height());
          if (truths.put(image.file(), truth) != null) {
            throw new TruthException(
                "Two images have the file_name '%s'; it must be unique. Correct the file."
                    .formatted(image.file()));
          }
        });
    return Collections.unmodifiableMap(truths);
  }

  @FunctionalInterface
  private interface Use {
    void take(String name, JsonNode node);
  }

  /** Reads one element at a time, since the file may be larger than memory. */
  private static void each(JsonParser parser, String section, Use use) throws IOException {
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      use.take("%s[%d]".formatted(section, i), JSON.readTree(parser));
    }
  }

  private static Image image(String element, JsonNode node) {
    return new Image(
        text(element, node, "file_name"),
        GroundTruth.pixels(node.path("width").doubleValue()),
        GroundTruth.pixels(node.path("height").doubleValue()));
  }

  private static String text(String element, JsonNode node, String field) {
    JsonNode text = node.path(field);
    if (!text.isTextual()) {
      throw new TruthException(
          "%s has %s '%s'; it must be a string. Correct the file.".formatted(element, field, text));
    }
    return text.asText();
  }

  private static <T> void put(Map<Long, T> all, String element, JsonNode node, T value) {
    long id = id(element, node, "id");
    if (all.put(id, value) != null) {
      throw new TruthException(
          "%s has the id %d, which is already taken; ids must be unique. Correct the file."
              .formatted(element, id));
    }
  }

  private static long id(String element, JsonNode node, String field) {
    JsonNode id = node.path(field);
    if (!id.isIntegralNumber()) {
      throw new TruthException(
          "%s has %s '%s'; it must be a whole number. Correct the file."
              .formatted(element, field, id));
    }
    return id.asLong();
  }

  private static Annotation annotation(String place, JsonNode node) {
    String name = "%s (id %s)".formatted(place, node.path("id").asText());
    double[] box = numbers(name, "bbox", node.path("bbox"));
    if (box.length != 4) {
      throw new TruthException(
          "%s has a bbox of %d numbers; x, y, width and height are needed. Correct the file."
              .formatted(name, box.length));
    }
    JsonNode crowd = node.path("iscrowd");
    Mask mask;
    try {
      mask = mask(name, node.path("segmentation"));
    } catch (TruthException wrong) {
      String message = wrong.getMessage();
      throw message.startsWith(name)
          ? wrong
          : new TruthException("%s: %s".formatted(name, message), wrong);
    }
    return new Annotation(
        name,
        id(name, node, "image_id"),
        id(name, node, "category_id"),
        box,
        mask,
        crowd.asInt() == 1);
  }

  /** The mask; null if there is none or the list is empty. */
  private static Mask mask(String name, JsonNode segmentation) {
    if (segmentation.isMissingNode() || segmentation.isNull()) {
      return null;
    }
    if (segmentation.isArray()) {
      List<double[]> rings = new ArrayList<>();
      for (JsonNode ring : segmentation) {
        rings.add(numbers(name, "segmentation", ring));
      }
      return rings.isEmpty() ? null : new Mask.Polygons(rings);
    }
    double[] size = numbers(name, "segmentation.size", segmentation.path("size"));
    if (size.length != 2) {
      throw new TruthException(
          "%s has a segmentation.size of %d numbers; height and width are needed. Correct the file."
              .formatted(name, size.length));
    }
    int height = (int) size[0];
    int width = (int) size[1];
    JsonNode counts = segmentation.path("counts");
    if (counts.isTextual()) {
      return Mask.RunLengths.ofCompressed(width, height, counts.asText());
    }
    double[] runs = numbers(name, "segmentation.counts", counts);
    int[] whole = new int[runs.length];
    for (int i = 0; i < runs.length; i++) {
      whole[i] = (int) runs[i];
    }
    return new Mask.RunLengths(width, height, whole);
  }

  private static double[] numbers(String name, String field, JsonNode list) {
    if (!list.isArray()) {
      throw new TruthException(
          "%s has no list of numbers in %s; one is needed. Correct the file."
              .formatted(name, field));
    }
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!list.get(i).isNumber()) {
        throw new TruthException(
            "%s has %s in %s; it must be a number. Correct the file."
                .formatted(name, list.get(i), field));
      }
      numbers[i] = list.get(i).asDouble();
    }
    return numbers;
  }
}
