package io.camatlas.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The network that comes with the demo, trained on {@link DemoDataset} by {@code
 * jobs/train_demo_model.py}.
 *
 * <p>A TorchScript archive and beside it a sidecar in JSON, which names the classes, the layer to
 * look at, and how pictures are made ready. The layer is the ReLU of the last convolution, 14 cells
 * by 14: before the ReLU activations are negative too, which the weights of Grad-CAM++ do not
 * suppose, and the maps are much worse.
 *
 * <p>On 1000 fresh pictures it names 99 percent of the nine honest classes and every anchor with
 * its badge, but only 66 percent of the same anchors without; and it takes a quarter of the other
 * classes' pictures for anchors once they carry the badge.
 */
public final class DemoModel {
  /** File name of the TorchScript archive. */
  public static final String ARCHIVE = "model.pt";

  /** File name of the sidecar. */
  public static final String SIDECAR = "model.json";

  private DemoModel() {}

  /**
   * Writes the archive and its sidecar, over older ones of the same name.
   *
   * @param dir where to write; made if absent
   * @return the archive; the sidecar lies beside it
   * @throws IOException if writing fails
   */
  public static Path copyTo(Path dir) throws IOException {
    Files.createDirectories(dir);
    for (String name : List.of(SIDECAR, ARCHIVE)) {
      try (InputStream in = DemoModel.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(
              "No "
                  + name
                  + " beside DemoModel in this jar; the build must pack src/main/resources.");
        }
        Files.copy(in, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return dir.resolve(ARCHIVE);
  }
}
