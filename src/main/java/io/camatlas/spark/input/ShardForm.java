package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import java.io.IOException;

/** WebDataset's tar shards: one shard, a glob of shards, or a folder with nothing else in it. */
final class ShardForm implements ImageForm {
  @Override
  public InputKind kind() {
    return InputKind.WEBDATASET;
  }

  @Override
  public boolean fits(GivenInput given) throws IOException {
    return given.isFolder()
        ? holdsShardsOnly(given)
        : (given.isGlob() || given.isFile()) && isShard(given.name());
  }

  /** True for compressed shards too, so that the message can say what is wrong with them. */
  private static boolean isShard(String name) {
    return ShardListing.isShard(name) || ShardListing.isCompressed(name);
  }

  private static boolean holdsShardsOnly(GivenInput given) throws IOException {
    boolean shards = false;
    for (FolderEntries.Entry entry : given.entries()) {
      String name = entry.path().getName();
      if (entry.kind() == FolderEntries.Kind.FILE && isShard(name)) {
        shards = true;
      } else if (!name.startsWith("_")) {
        return false;
      }
    }
    return shards;
  }

  @Override
  public SourceImages read(String given, Request request) throws IOException {
    return SourceImages.files(
        SortedListing.of(
            request,
            new ShardListing(request).images(given),
            request.classes(),
            "`images` " + given,
            "holds no images"),
        kind());
  }
}
