package io.camatlas.spark.results;

import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import io.camatlas.truth.Mask;
import io.camatlas.truth.MaskFiles;
import io.camatlas.truth.TruthObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What a row of explanations says about annotated objects.
 *
 * @param path path of the image; may be null
 * @param label label as given; may be null
 * @param width width of the upright original, in pixels
 * @param height height of the upright original, in pixels
 * @param inputWidth width of the network's input, in pixels
 * @param inputHeight height of the network's input, in pixels
 * @param view what the network saw, in pixels of the original
 * @param boxes boxes from the manifest
 * @param mask path of the mask from the manifest; may be null
 * @param candidates annotations that match the image's bare name
 */
public record AnnotatedImage(
    String imageId,
    String path,
    String label,
    int width,
    int height,
    int inputWidth,
    int inputHeight,
    Box view,
    List<Box> boxes,
    String mask,
    List<Candidate> candidates) {
  /**
   * An annotation that may belong to an image.
   *
   * @param key the name it uses for the image
   * @param file its own file, below the folder of all; empty if one file has all
   * @param closeness how closely it fits the image that it fits best, in numbers of the code that
   *     joined them; it belongs to no image that it fits less
   * @param objects the objects, encoded by the code that joined them
   */
  public record Candidate(String key, String file, int closeness, byte[] objects) {
    /** How it is called in messages. */
    public String name() {
      return file.isEmpty() ? key : file;
    }
  }

  /**
   * The objects that the manifest names; none if its mask is all background.
   *
   * @param files source of masks that are files
   * @throws io.camatlas.truth.TruthException if a mask cannot be used
   */
  public List<TruthObject> objects(MaskFiles files) {
    List<TruthObject> objects = new ArrayList<>();
    Mask outline = mask == null ? null : new Mask.Png(mask, Mask.Value255.OBJECT);
    if (boxes.isEmpty() && outline != null) {
      return TruthObject.ofMask("", outline, width, height, files).stream().toList();
    }
    boxes.forEach(box -> objects.add(TruthObject.of("", box, outline)));
    return objects;
  }

  /** From the upright original to what the network saw. */
  public PixelMapping mapping() {
    return PixelMapping.ofView(width, height, view, inputWidth, inputHeight);
  }
}
