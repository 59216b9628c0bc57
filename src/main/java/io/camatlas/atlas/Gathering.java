package io.camatlas.atlas;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gathers explanations into states, one for each layer, class and confusion encountered.
 *
 * <p>Memory is bounded: whenever the states exceed a budget, they are handed out and gathering
 * starts again; the parts are merged later. Not thread-safe.
 */
public final class Gathering {
  /** Rows between two checks of the memory. */
  private static final int LOOK_EVERY = 256;

  private final int examples;
  private final long budgetBytes;
  private final Map<Group, Layer> layers = new LinkedHashMap<>();
  private final Relevance relevance = new Relevance();
  private long rows;

  /**
   * What distinguishes rows, besides their classes.
   *
   * @param run identifies model and settings
   * @param layer the layer's name
   */
  public record Group(String run, String layer) {}

  private static final class Layer {
    final LayerState all;
    final Map<Integer, ClassState> classes = new HashMap<>();
    final Map<Long, ConfusionState> confusions = new HashMap<>();
    final Map<Integer, SliceState> slices = new HashMap<>();
    final Map<Integer, LabelState> labels = new HashMap<>();

    Layer(LayerState all) {
      this.all = all;
    }

    ClassState of(ClassName name) {
      return classes.computeIfAbsent(name.index(), index -> new ClassState(name));
    }

    private SliceState slicesOf(ClassName name) {
      return slices.computeIfAbsent(name.index(), fresh -> new SliceState(name));
    }

    /** Adds a row of an image with one label, or none. */
    void addOne(ExplainedRow row, Relevance relevance, int examples) {
      of(row.target()).addExplanation(row, relevance, examples);
      if (row.role().isPrimary()) {
        all.add(row, relevance);
        ClassName label = row.said().label();
        ClassName counted = label == null ? row.said().predicted() : label;
        of(counted).addActivations(row);
        if (!row.context().traits().isEmpty()) {
          slicesOf(counted).add(row);
        }
        if (label != null) {
          of(label).addLabelled(row.said().isRight());
          of(row.said().predicted()).addPredicted(row.said().isRight());
        }
      }
      if (ConfusionState.concerns(row)) {
        confusions
            .computeIfAbsent(
                ((long) row.said().label().index() << 32) | row.said().predicted().index(),
                pair ->
                    new ConfusionState(
                        row.said().label(),
                        row.said().predicted(),
                        row.map().height(),
                        row.map().width()))
            .add(row);
      }
    }

    /** Adds a row of an image that may have several labels; each class is a question of its own. */
    void addSeveral(ExplainedRow row, Relevance relevance, int examples) {
      ExplainedRow.Several several = row.several();
      if (several.isAsked()) {
        of(row.target()).addExplanation(row, relevance, examples);
      }
      boolean isCounted = several.labelled() == null ? several.isPredicted() : several.labelled();
      if (isCounted && !row.context().traits().isEmpty()) {
        slicesOf(row.target()).add(row);
      }
      if (row.role().isPrimary()) {
        all.add(row, relevance);
        addLabels(row, several.all());
      }
    }

    private void addLabels(ExplainedRow row, ExplainedRow.AllLabels said) {
      for (int index : said.counted()) {
        ClassName name = said.classes().get(index);
        of(name).addActivations(row);
        // Of a class that was not explained, whether it was found still counts.
        if (said.present() != null
            && !said.explained().contains(index)
            && !row.context().traits().isEmpty()) {
          slicesOf(name)
              .add(
                  SliceMeasure.unexplained(
                      said.predicted().contains(index), said.probability(index)),
                  row.context().traits());
        }
      }
      for (ClassName name : said.classes()) {
        int index = name.index();
        Boolean has = said.has(index);
        boolean isPredicted = said.predicted().contains(index);
        labels
            .computeIfAbsent(index, fresh -> new LabelState(name))
            .add(has, isPredicted, said.probability(index));
        if (Boolean.TRUE.equals(has)) {
          of(name).addLabelled(isPredicted);
        }
        if (has != null && isPredicted) {
          of(name).addPredicted(has);
        }
      }
    }
  }

  /**
   * A part of a state.
   *
   * @param group run and layer
   * @param kind the name of a {@link StateKind}
   * @param index class, or the label of a confusion; -1 for a layer
   * @param other predicted class of a confusion; -1 otherwise
   * @param bytes the state
   */
  public record Part(Group group, String kind, int index, int other, byte[] bytes) {}

  /**
   * Creates an empty collection.
   *
   * @param examples images kept for each feature map, and for each feature map and class
   * @param budgetBytes memory for states; exceeded by less than {@value #LOOK_EVERY} rows need
   */
  public Gathering(int examples, long budgetBytes) {
    this.examples = examples;
    this.budgetBytes = budgetBytes;
  }

  /**
   * Adds one explanation.
   *
   * @return states to be merged later, if the budget is exceeded; empty otherwise
   * @throws IllegalArgumentException naming the image, if its grid or feature maps differ from
   *     those of other rows of its layer
   */
  public Optional<Iterator<Part>> add(Group group, ExplainedRow row) {
    Layer layer =
        layers.computeIfAbsent(
            group,
            fresh ->
                new Layer(
                    new LayerState(
                        row.map().height(),
                        row.map().width(),
                        row.featureMaps().count(),
                        examples)));
    layer.all.require(row);
    relevance.of(row);
    if (row.several() != null) {
      layer.addSeveral(row, relevance, examples);
    } else {
      layer.addOne(row, relevance, examples);
    }
    if (++rows % LOOK_EVERY == 0 && bytes() > budgetBytes) {
      return Optional.of(drain());
    }
    return Optional.empty();
  }

  private long bytes() {
    long sum = 0;
    for (Layer layer : layers.values()) {
      sum += layer.all.bytes();
      for (ClassState state : layer.classes.values()) {
        sum += state.bytes();
      }
      for (ConfusionState state : layer.confusions.values()) {
        sum += state.bytes();
      }
      for (SliceState state : layer.slices.values()) {
        sum += state.bytes();
      }
      for (LabelState state : layer.labels.values()) {
        sum += state.bytes();
      }
    }
    return sum;
  }

  /** Hands out all states, each written only when the iterator reaches it, and starts again. */
  public Iterator<Part> drain() {
    List<Supplier<Part>> parts = new ArrayList<>();
    layers.forEach(
        (group, layer) -> {
          parts.add(() -> part(group, StateKind.LAYER, layer.all, -1, -1));
          layer.classes.forEach(
              (index, state) -> parts.add(() -> part(group, StateKind.CLASS, state, index, -1)));
          layer.slices.forEach(
              (index, state) -> parts.add(() -> part(group, SliceState.KIND, state, index, -1)));
          layer.labels.forEach(
              (index, state) -> parts.add(() -> part(group, LabelState.KIND, state, index, -1)));
          layer.confusions.forEach(
              (pair, state) ->
                  parts.add(
                      () ->
                          part(
                              group,
                              StateKind.CONFUSION,
                              state,
                              state.label().index(),
                              state.predicted().index())));
        });
    layers.clear();
    return parts.stream().map(Supplier::get).iterator();
  }

  private static <S extends State<S>> Part part(
      Group group, StateKind<S> kind, S state, int index, int other) {
    return new Part(group, kind.name(), index, other, kind.write(state));
  }
}
