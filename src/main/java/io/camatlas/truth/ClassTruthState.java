package io.camatlas.truth;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Moments;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * How well the maps of one class, or of all classes, agree with ground truth. Mutable; not
 * thread-safe.
 */
public final class ClassTruthState implements State<ClassTruthState> {
  /** The state of a class at a layer. */
  public static final StateKind<ClassTruthState> KIND =
      new StateKind<>("truth", 1, ClassTruthState::read);

  /** The state of all classes of a layer; made from complete classes, never stored. */
  public static final StateKind<ClassTruthState> ALL =
      new StateKind<>("truth_all", 1, ClassTruthState::read);

  private final ClassName name;
  private TruthState truth;
  private Moments pointing;
  private Moments pointingCentre;

  /** Creates an empty state for a class. */
  public ClassTruthState(ClassName name) {
    this(name, TruthState.EMPTY, Moments.EMPTY, Moments.EMPTY);
  }

  private ClassTruthState(
      ClassName name, TruthState truth, Moments pointing, Moments pointingCentre) {
    this.name = name;
    this.truth = truth;
    this.pointing = pointing;
    this.pointingCentre = pointingCentre;
  }

  /** Adds one measurement. */
  public void add(TruthEvaluation.Result result) {
    truth = truth.add(result);
  }

  /** Turns a complete class into a part of the state of all classes. */
  public ClassTruthState asPartOfAll() {
    boolean measured = truth.images() > 0;
    return new ClassTruthState(
        null,
        truth,
        measured ? Moments.EMPTY.with(truth.pointingAccuracy()) : Moments.EMPTY,
        measured ? Moments.EMPTY.with(truth.pointingCentre()) : Moments.EMPTY);
  }

  @Override
  public void merge(ClassTruthState other) {
    truth = truth.merge(other.truth);
    pointing = pointing.merge(other.pointing);
    pointingCentre = pointingCentre.merge(other.pointingCentre);
  }

  /** The class; empty for the state of all classes. */
  public Optional<ClassName> name() {
    return Optional.ofNullable(name);
  }

  /** The measurements. */
  public TruthState truth() {
    return truth;
  }

  /** Mean pointing accuracy over all classes, as in TorchRay; NaN for a single class. */
  public double pointingMacro() {
    return pointing.meanOrNaN();
  }

  /** Mean pointing accuracy of the plane's centre over all classes; NaN for a single class. */
  public double pointingCentreMacro() {
    return pointingCentre.meanOrNaN();
  }

  @Override
  public long bytes() {
    return 30_000;
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeBoolean(name != null);
    if (name != null) {
      out.writeInt(name.index());
      out.writeUTF(name.name());
    }
    truth.write(out);
    pointing.write(out);
    pointingCentre.write(out);
  }

  /** Reads what {@link #write} wrote. */
  public static ClassTruthState read(DataInput in) throws IOException {
    ClassName name = in.readBoolean() ? new ClassName(in.readInt(), in.readUTF()) : null;
    return new ClassTruthState(name, TruthState.read(in), Moments.read(in), Moments.read(in));
  }
}
