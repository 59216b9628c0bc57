package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * One class at one layer: where the network looked for it, split by right and wrong predictions,
 * which feature maps it used, and how often it was right. Mutable; not thread-safe.
 */
public final class ClassState implements State<ClassState> {
  /** Raised whenever the written format changes, here or in a state within this one. */
  static final int VERSION = 1 + AttentionState.VERSION + FeatureMapState.VERSION;

  private final ClassName name;
  private long labelled;
  private long labelledRight;
  private long predicted;
  private long predictedRight;
  private AttentionState right;
  private AttentionState wrong;
  private AttentionState unlabelled;
  private FeatureMapState featureMaps;
  private VectorMeans activations;

  /** Creates an empty state. */
  public ClassState(ClassName name) {
    this.name = name;
  }

  /**
   * Adds an explanation of this class.
   *
   * @param relevance of the row
   * @param examples images kept for each feature map
   * @throws IllegalArgumentException if its grid or number of feature maps differs
   */
  public void addExplanation(ExplainedRow row, Relevance relevance, int examples) {
    if (row.said().right() == null) {
      unlabelled = started(unlabelled, row);
      unlabelled.add(row);
    } else if (row.said().isRight()) {
      right = started(right, row);
      right.add(row);
    } else {
      wrong = started(wrong, row);
      wrong.add(row);
    }
    if (featureMaps == null) {
      featureMaps = new FeatureMapState(row.featureMaps().count(), examples);
    }
    featureMaps.add(row, relevance);
  }

  private static AttentionState started(AttentionState state, ExplainedRow row) {
    return state == null ? new AttentionState(row.map().height(), row.map().width()) : state;
  }

  /**
   * Counts an image with this label.
   *
   * @param isRight whether this class was predicted
   */
  public void addLabelled(boolean isRight) {
    labelled++;
    labelledRight += isRight ? 1 : 0;
  }

  /**
   * Counts a labelled image for which this class was predicted.
   *
   * @param isRight whether it has this label
   */
  public void addPredicted(boolean isRight) {
    predicted++;
    predictedRight += isRight ? 1 : 0;
  }

  /**
   * Adds the activations of an image of this class: its label, or the prediction if it has none.
   */
  public void addActivations(ExplainedRow row) {
    if (activations == null) {
      activations = new VectorMeans(row.featureMaps().count());
    }
    activations.add(row.featureMaps().meanActivations());
  }

  @Override
  public void merge(ClassState other) {
    labelled += other.labelled;
    labelledRight += other.labelledRight;
    predicted += other.predicted;
    predictedRight += other.predictedRight;
    right = merged(right, other.right);
    wrong = merged(wrong, other.wrong);
    unlabelled = merged(unlabelled, other.unlabelled);
    if (featureMaps == null) {
      featureMaps = other.featureMaps;
    } else if (other.featureMaps != null) {
      featureMaps.merge(other.featureMaps);
    }
    if (activations == null) {
      activations = other.activations;
    } else if (other.activations != null) {
      activations.merge(other.activations);
    }
  }

  private static AttentionState merged(AttentionState one, AttentionState other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    one.merge(other);
    return one;
  }

  public ClassName name() {
    return name;
  }

  /** Share of the images with this label that were predicted right; NaN without such images. */
  public double recall() {
    return labelled == 0 ? Double.NaN : (double) labelledRight / labelled;
  }

  /**
   * Share of the images predicted as this class that have this label; NaN without labelled ones.
   */
  public double precision() {
    return predicted == 0 ? Double.NaN : (double) predictedRight / predicted;
  }

  /** Images with this label. */
  public long labelled() {
    return labelled;
  }

  /** Explanations of this class where the prediction was right. */
  public Optional<AttentionState> right() {
    return Optional.ofNullable(right);
  }

  /** Explanations of this class where the prediction was wrong. */
  public Optional<AttentionState> wrong() {
    return Optional.ofNullable(wrong);
  }

  /** All explanations of this class, including those of images without a label. */
  public Optional<AttentionState> attention() {
    AttentionState all = null;
    for (AttentionState part : new AttentionState[] {right, wrong, unlabelled}) {
      if (part != null) {
        all = all == null ? new AttentionState(part.height(), part.width()) : all;
        all.merge(part);
      }
    }
    return Optional.ofNullable(all);
  }

  /** Feature maps that explanations of this class rely on; empty if there are no explanations. */
  public Optional<FeatureMapState> featureMaps() {
    return Optional.ofNullable(featureMaps);
  }

  /** Mean activations of the images of this class, {@code [K]}; empty if there are no images. */
  public Optional<VectorMeans> activations() {
    return Optional.ofNullable(activations);
  }

  @Override
  public long bytes() {
    long sum = 200;
    for (AttentionState part : new AttentionState[] {right, wrong, unlabelled}) {
      sum += part == null ? 0 : part.bytes();
    }
    sum += featureMaps == null ? 0 : featureMaps.bytes();
    return sum + (activations == null ? 0 : 8L * activations.length());
  }

  @Override
  public void write(DataOutput out) throws IOException {
    out.writeInt(name.index());
    out.writeUTF(name.name());
    out.writeLong(labelled);
    out.writeLong(labelledRight);
    out.writeLong(predicted);
    out.writeLong(predictedRight);
    for (AttentionState part : new AttentionState[] {right, wrong, unlabelled}) {
      out.writeBoolean(part != null);
      if (part != null) {
        part.write(out);
      }
    }
    out.writeBoolean(featureMaps != null);
    if (featureMaps != null) {
      featureMaps.write(out);
    }
    out.writeBoolean(activations != null);
    if (activations != null) {
      activations.write(out);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static ClassState read(DataInput in) throws IOException {
    ClassState state = new ClassState(new ClassName(in.readInt(), in.readUTF()));
    state.labelled = in.readLong();
    state.labelledRight = in.readLong();
    state.predicted = in.readLong();
    state.predictedRight = in.readLong();
    state.right = in.readBoolean() ? AttentionState.read(in) : null;
    state.wrong = in.readBoolean() ? AttentionState.read(in) : null;
    state.unlabelled = in.readBoolean() ? AttentionState.read(in) : null;
    state.featureMaps = in.readBoolean() ? FeatureMapState.read(in) : null;
    state.activations = in.readBoolean() ? VectorMeans.read(in) : null;
    return state;
  }
}
