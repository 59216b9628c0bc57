package io.camatlas.spark.pages;

import io.camatlas.report.site.SiteFiles;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The files of pages in a folder that is being written.
 *
 * @param folder of the results
 */
public record PageFiles(ResultFolder folder, Configuration hadoop) implements SiteFiles {
  @Override
  public void write(String name, byte[] bytes) throws IOException {
    HadoopFiles.write(new Path(folder.part(name)), bytes, hadoop);
  }

  @Override
  public byte[] read(String name) throws IOException {
    Path path = new Path(folder.part(name));
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return in.readAllBytes();
    }
  }
}
