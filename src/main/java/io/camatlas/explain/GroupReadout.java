package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.Network.PixelScores;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.Readout;
import io.camatlas.model.ScoreGrid;
import io.camatlas.model.ScoreKind;
import io.camatlas.model.ScoreOver;
import java.util.Arrays;
import java.util.List;

/**
 * Which pixels' scores are read of a group's images, where the network scores every pixel. The
 * clean images decide; passes over noisy or changed copies read the same pixels.
 */
final class GroupReadout {
  private final NDArray marked;
  private final ScoreKind kind;
  private final boolean winning;
  private final Readout clean;
  private NDArray fixed;

  /**
   * @param rows of the clean pass; those beyond the images count as marked everywhere
   * @param manager owns the marks
   */
  GroupReadout(
      ProbePlan plan,
      ScoreOver over,
      ScoreKind kind,
      List<PreparedImage> images,
      int rows,
      NDManager manager) {
    ScoreGrid pixels = plan.pixels();
    this.marked = pixels.isDense() && over.isMarked() ? marks(pixels, images, rows, manager) : null;
    this.kind = kind;
    this.winning = pixels.isDense() && over == ScoreOver.WINNING;
    if (marked != null) {
      this.clean = Readout.of(marked, kind);
    } else {
      this.clean = winning ? Readout.winning(kind) : Readout.everywhere(kind);
    }
  }

  private static NDArray marks(
      ScoreGrid pixels, List<PreparedImage> images, int rows, NDManager manager) {
    int length = pixels.height() * pixels.width();
    float[] values = new float[Math.multiplyExact(rows, length)];
    Arrays.fill(values, 1);
    for (int row = 0; row < images.size(); row++) {
      System.arraycopy(images.get(row).marked(), 0, values, row * length, length);
    }
    return manager.create(values, new Shape(rows, pixels.height(), pixels.width()));
  }

  /** For the clean pass. */
  Readout clean() {
    return clean;
  }

  /** Keeps the pixels that the clean pass has read. */
  void fix(ForwardPass pass) {
    fixed = marked;
    if (winning) {
      fixed = pass.pixels().map(PixelScores::winners).orElseThrow();
    }
  }

  /**
   * For copies of some rows.
   *
   * @param copies of each row, which are adjacent
   * @param manager owns what is computed
   */
  Readout of(Rows rows, int copies, NDManager manager) {
    return of(rows, copies, manager, manager);
  }

  /**
   * The same.
   *
   * @param above a manager between that of the clean pass and the one that owns what is computed
   */
  Readout of(Rows rows, int copies, NDManager above, NDManager manager) {
    if (fixed == null) {
      return Readout.everywhere(kind);
    }
    NDArray own = rows.of(fixed, above);
    own.attach(manager);
    NDArray repeated = copies == 1 ? own : own.repeat(0, copies);
    repeated.attach(manager);
    return Readout.of(repeated, kind);
  }
}
