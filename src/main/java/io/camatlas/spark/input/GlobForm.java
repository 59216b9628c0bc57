package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import java.io.IOException;
import java.util.List;

/**
 * A Hadoop glob, or a single file; the first folder below the fixed part of the path names the
 * class.
 */
final class GlobForm implements ImageForm {
  @Override
  public InputKind kind() {
    return InputKind.GLOB;
  }

  @Override
  public boolean fits(GivenInput given) {
    return given.isGlob() || given.isFile();
  }

  @Override
  public SourceImages read(String given, Request request) throws IOException {
    return SourceImages.files(
        SortedListing.of(
            request,
            new FolderListing(request.spark()).matching(given, Globs.fixedPart(given)),
            List.of(),
            "`images` " + given,
            "holds no files"),
        kind());
  }
}
