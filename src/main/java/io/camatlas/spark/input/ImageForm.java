package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** A form in which images can be given. Each is one file, and one line in {@link ImageSource}. */
interface ImageForm {
  /** What users call it. */
  InputKind kind();

  /** Whether the input is of this form, as far as names tell. */
  boolean fits(GivenInput given) throws IOException;

  /**
   * Lists the images, but reads no pixels.
   *
   * @param given by the user; need not {@link #fits}
   * @throws io.camatlas.spark.InputException if there is nothing, or it is malformed
   */
  SourceImages read(String given, Request request) throws IOException;

  /**
   * What is asked of any form.
   *
   * @param classes names by index, which labels may be given by
   * @param contentColumn column of encoded images, where a table has several binary ones
   * @param folder where the listing is kept
   */
  record Request(
      SparkSession spark, List<String> classes, Optional<String> contentColumn, String folder) {}
}
