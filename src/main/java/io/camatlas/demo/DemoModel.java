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
 * <p>A TorchScript archive and a JSON sidecar, which names the classes, the layer to explain, and
 * the preprocessing. The layer is the ReLU after the last convolution, with a grid of 14 by 14
 * cells. Before the ReLU, activations can be negative, which the weights of Grad-CAM++ do not
 * expect, and the maps are much worse.
 *
 * <p>On 1000 new pictures it recognises 99 percent of the pictures of the nine unaffected classes
 * and every anchor with its badge, but only 66 percent of the same anchors without it. A quarter of
 * the other classes' pictures are mistaken for anchors once they carry the badge.
 */
public final class DemoModel {
  /** File name of the TorchScript archive. */
  public static final String ARCHIVE = "model.pt";

  /** File name of the sidecar. */
  public static final String SIDECAR = "model.json";

  private DemoModel() {}

  /**
   * Writes the archive and its sidecar; replaces existing files of the same names.
   *
   * @param dir where to write; created if absent
   * @return the archive; the sidecar is beside it
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
