package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import io.camatlas.model.LabelSets;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * A form in which images can be given. Each form is one class, and one line in {@link ImageSource}.
 */
interface ImageForm {
  /** What users call it. */
  InputKind kind();

  /** Whether the input appears to have this form, judged by names alone. */
  boolean fits(GivenInput given) throws IOException;

  /**
   * Lists the images, but reads no pixels.
   *
   * @param given the path or name that the user gave; {@link #fits} need not hold
   * @throws io.camatlas.spark.InputException if there are no images, or the input is malformed
   */
  SourceImages read(String given, Request request) throws IOException;

  /**
   * What every form needs to know to list images.
   *
   * @param classes class names by index; labels may be given as indices
   * @param labels how labels are written where an image may have several; empty if it has one
   * @param packing whether images are only carried on, without classes: whether their labels are
   *     read as one or as several is known later
   * @param contentColumn chooses the column of encoded images of a table
   * @param folder where the listing is kept
   */
  record Request(
      SparkSession spark,
      List<String> classes,
      Optional<LabelSets> labels,
      boolean packing,
      ContentColumn contentColumn,
      String folder) {}
}
