package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of images; the first folder below it names the class. */
final class FolderForm implements ImageForm {
  @Override
  public InputKind kind() {
    return InputKind.DIRECTORY;
  }

  @Override
  public boolean fits(GivenInput given) {
    return given.isFolder();
  }

  @Override
  public SourceImages read(String given, Request request) throws IOException {
    Path root = new Path(given);
    FileSystem files = root.getFileSystem(request.spark().sparkContext().hadoopConfiguration());
    if (!files.exists(root) || !files.getFileStatus(root).isDirectory()) {
      throw new InputException("`images` is " + given + ", which is not a folder.");
    }
    return SourceImages.files(
        SortedListing.of(
            request,
            new FolderListing(request.spark()).below(root),
            List.of(),
            "`images` " + given,
            "holds no files"),
        kind());
  }
}
