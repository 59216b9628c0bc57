package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import io.camatlas.suggest.Choices;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Converts every kind of input to {@link ImagesTable}.
 *
 * <p>Every file counts, whatever its name: a file that is not an image ends up in {@code failures}.
 * Only names that begin with a dot are skipped. Spark's tasks make the listing and it is kept on
 * disk, so the driver holds none of it.
 */
public final class ImageSource {
  /** Every form; the first that fits an input is used. */
  private static final List<ImageForm> FORMS =
      List.of(
          new TableForm.Csv(),
          new TableForm.Parquet(),
          new ShardForm(),
          new FolderForm(),
          new GlobForm(),
          new TableForm.Catalog());

  private final SparkSession spark;
  private final List<String> classes;
  private final Optional<LabelSets> labels;
  private final boolean packing;

  /** Labels stay as they are given. */
  public ImageSource(SparkSession spark) {
    this(spark, List.of(), Optional.empty());
  }

  /**
   * @param classes class names by index: in shards and tables of encoded images, a label that is a
   *     whole number and not itself a class name is read as a class index
   * @param labels how the labels of an image are written, if images may have several: a column of
   *     lists, or one column for each class, becomes such a text
   */
  public ImageSource(SparkSession spark, List<String> classes, Optional<LabelSets> labels) {
    this(spark, classes, labels, false);
  }

  private ImageSource(
      SparkSession spark, List<String> classes, Optional<LabelSets> labels, boolean packing) {
    this.spark = spark;
    this.classes = List.copyOf(classes);
    this.labels = labels;
    this.packing = packing;
  }

  /** For images that are packed: labels of either number are kept, or are an error. */
  public static ImageSource toPack(SparkSession spark) {
    return new ImageSource(spark, List.of(), Optional.of(LabelSets.USUAL), true);
  }

  /**
   * Lists the images, but reads no pixels.
   *
   * @param folder where the listing is kept; the caller deletes it when it is done with the images
   * @throws InputException if there are no images, or if a column is missing or malformed
   */
  public SourceImages read(
      String given, InputKind asked, Optional<String> contentColumn, String folder) {
    return read(given, asked, ContentColumn.asked(contentColumn), contentColumn, folder);
  }

  /** Lists the images of a source that was read before, otherwise as above. */
  SourceImages read(ReadSource source, String folder) {
    try {
      return read(
          source.given(),
          source.kind(),
          ContentColumn.read(source.contentColumns()),
          Optional.empty(),
          folder);
    } catch (InputException e) {
      throw e;
    } catch (Exception e) {
      // Where a table is gone, Spark throws checked exceptions that its methods do not declare, and
      // where a catalog does not answer, or a place is none, unchecked ones.
      throw new InputException("Cannot read `images` " + source.given() + ": " + e.getMessage(), e);
    }
  }

  private SourceImages read(
      String given, InputKind asked, ContentColumn column, Optional<String> named, String folder) {
    GivenInput.requireNoAnyDepth(given);
    try {
      ImageForm form = asked == InputKind.AUTO ? form(given) : form(asked);
      if (named.isPresent() && !(form instanceof TableForm)) {
        throw new InputException(
            "`content-column` is '%s', but `images` %s is read as %s, not as a table; leave it out, or set `input-kind` to parquet or table."
                .formatted(named.get(), given, Choices.name(form.kind())));
      }
      return form.read(
          given, new ImageForm.Request(spark, classes, labels, packing, column, folder));
    } catch (IOException e) {
      throw new InputException("Cannot read `images` " + given + ": " + e.getMessage(), e);
    }
  }

  private static ImageForm form(InputKind asked) {
    return FORMS.stream()
        .filter(form -> form.kind() == asked)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(asked + " has no form."));
  }

  private ImageForm form(String given) throws IOException {
    GivenInput input = new GivenInput(spark, given);
    for (ImageForm form : FORMS) {
      if (form.fits(input)) {
        return form;
      }
    }
    throw new InputException(
        "`images` is "
            + given
            + ", which does not exist; give a folder, a glob, a .csv or .parquet manifest, .tar"
            + " shards, or a table.");
  }
}
