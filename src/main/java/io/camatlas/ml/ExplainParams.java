package io.camatlas.ml;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Option;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * The parameters of {@link SmoothGradCam}: its columns, and the options of {@code camatlas explain}
 * that say how an image is explained, with their defaults. A name such as {@code noise-scale} is
 * {@code noiseScale} here; empty text means that nothing is given.
 *
 * <p>Values are checked when a dataset is transformed, all at once, by the code that checks the
 * command's. {@link #explainParams} lists all with their meaning.
 */
public abstract class ExplainParams extends Transformer {
  private static final long serialVersionUID = 1L;

  private static final Map<String, Option> OPTIONS =
      ExplainOptions.RECIPE.stream()
          .collect(Collectors.toMap(option -> parameter(option.name()), option -> option));

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> labelCol;
  private final Param<String> imageIdCol;
  private final Param<String> model;
  private final Param<String> sidecar;
  private final Param<String> entry;
  private final Param<String> output;
  private final Param<String> classes;
  private final Param<String> scores;
  private final Param<String> resize;
  private final Param<String> crop;
  private final Param<String> interpolation;
  private final Param<String> channels;
  private final Param<String> mean;
  private final Param<String> std;
  private final Param<String> layer;
  private final Param<String> targets;
  private final Param<String> method;
  private final IntParam samples;
  private final DoubleParam sigma;
  private final Param<String> noiseScale;
  private final LongParam seed;
  private final Param<String> score;
  private final Param<String> numerator;
  private final Param<String> alpha;
  private final Param<String> filters;
  private final BooleanParam perFilter;
  private final Param<String> subset;
  private final BooleanParam region;
  private final IntParam batch;
  private final BooleanParam noShortcut;
  private final Param<String> device;
  private final Param<String> precision;
  private final IntParam decoders;
  private final LongParam maxPixels;
  private final LongParam maxBytes;

  ExplainParams(String uid) {
    this.uid = uid;
    this.inputCol =
        column(
            "inputCol",
            "content",
            "Column of images: binary, each an encoded file, or the image struct of Spark's source image.");
    this.outputCol =
        column(
            "outputCol",
            "explanation",
            "New column: a struct of what was found, or of why nothing was.");
    this.labelCol =
        column(
            "labelCol",
            "",
            "Column with each image's class, by name or index; targets=label needs it. Default: none.");
    this.imageIdCol =
        column("imageIdCol", "", "Column with what log lines call an image. Default: none.");
    this.model = text("model");
    this.sidecar = text("sidecar");
    this.entry = text("entry");
    this.output = text("output");
    this.classes = text("classes");
    this.scores = text("scores");
    this.resize = text("resize");
    this.crop = text("crop");
    this.interpolation = text("interpolation");
    this.channels = text("channels");
    this.mean = text("mean");
    this.std = text("std");
    this.layer = text("layer");
    this.targets = text("targets");
    this.method = text("method");
    this.samples = whole("samples");
    this.sigma = number("sigma");
    this.noiseScale = text("noiseScale");
    this.seed = wide("seed");
    this.score = text("score");
    this.numerator = text("numerator");
    this.alpha = text("alpha");
    this.filters = text("filters");
    this.perFilter = flag("perFilter");
    this.subset = text("subset");
    this.region = flag("region");
    this.batch = whole("batch");
    this.noShortcut = flag("noShortcut");
    this.device = text("device");
    this.precision = text("precision");
    this.decoders = whole("decoders");
    this.maxPixels = wide("maxPixels");
    this.maxBytes = wide("maxBytes");
  }

  /** The parameter of an option: {@code noiseScale} for {@code noise-scale}. */
  static String parameter(String option) {
    StringBuilder name = new StringBuilder();
    for (String word : option.split("-")) {
      name.append(
          name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }

  private Param<String> column(String name, String value, String meaning) {
    Param<String> param = new Param<>(this, name, meaning);
    setDefault(param, value);
    return param;
  }

  private Param<String> text(String name) {
    return column(name, OPTIONS.get(name).defaultValue(), OPTIONS.get(name).help());
  }

  private IntParam whole(String name) {
    IntParam param = new IntParam(this, name, OPTIONS.get(name).help());
    setDefault(param, Integer.valueOf(OPTIONS.get(name).defaultValue()));
    return param;
  }

  private LongParam wide(String name) {
    LongParam param = new LongParam(this, name, OPTIONS.get(name).help());
    setDefault(param, Long.valueOf(OPTIONS.get(name).defaultValue()));
    return param;
  }

  private DoubleParam number(String name) {
    DoubleParam param = new DoubleParam(this, name, OPTIONS.get(name).help());
    setDefault(param, Double.valueOf(OPTIONS.get(name).defaultValue()));
    return param;
  }

  private BooleanParam flag(String name) {
    BooleanParam param = new BooleanParam(this, name, OPTIONS.get(name).help());
    setDefault(param, Boolean.valueOf(OPTIONS.get(name).defaultValue()));
    return param;
  }

  /** Every option with its value, as it would be written. */
  Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    OPTIONS.forEach(
        (name, option) -> {
          Object value = getOrDefault(getParam(name));
          options.put(option.name(), value == null ? "" : value.toString());
        });
    return options;
  }

  @Override
  public String uid() {
    return uid;
  }

  public Param<String> inputCol() {
    return inputCol;
  }

  public String getInputCol() {
    return getOrDefault(inputCol);
  }

  public Param<String> outputCol() {
    return outputCol;
  }

  public String getOutputCol() {
    return getOrDefault(outputCol);
  }

  public Param<String> labelCol() {
    return labelCol;
  }

  public String getLabelCol() {
    return getOrDefault(labelCol);
  }

  public Param<String> imageIdCol() {
    return imageIdCol;
  }

  public String getImageIdCol() {
    return getOrDefault(imageIdCol);
  }

  public Param<String> model() {
    return model;
  }

  public String getModel() {
    return getOrDefault(model);
  }

  public Param<String> sidecar() {
    return sidecar;
  }

  public String getSidecar() {
    return getOrDefault(sidecar);
  }

  public Param<String> entry() {
    return entry;
  }

  public String getEntry() {
    return getOrDefault(entry);
  }

  public Param<String> output() {
    return output;
  }

  public String getOutput() {
    return getOrDefault(output);
  }

  public Param<String> classes() {
    return classes;
  }

  public String getClasses() {
    return getOrDefault(classes);
  }

  public Param<String> scores() {
    return scores;
  }

  public String getScores() {
    return getOrDefault(scores);
  }

  public Param<String> resize() {
    return resize;
  }

  public String getResize() {
    return getOrDefault(resize);
  }

  public Param<String> crop() {
    return crop;
  }

  public String getCrop() {
    return getOrDefault(crop);
  }

  public Param<String> interpolation() {
    return interpolation;
  }

  public String getInterpolation() {
    return getOrDefault(interpolation);
  }

  public Param<String> channels() {
    return channels;
  }

  public String getChannels() {
    return getOrDefault(channels);
  }

  public Param<String> mean() {
    return mean;
  }

  public String getMean() {
    return getOrDefault(mean);
  }

  public Param<String> std() {
    return std;
  }

  public String getStd() {
    return getOrDefault(std);
  }

  public Param<String> layer() {
    return layer;
  }

  public String getLayer() {
    return getOrDefault(layer);
  }

  public Param<String> targets() {
    return targets;
  }

  public String getTargets() {
    return getOrDefault(targets);
  }

  public Param<String> method() {
    return method;
  }

  public String getMethod() {
    return getOrDefault(method);
  }

  public IntParam samples() {
    return samples;
  }

  public int getSamples() {
    return (Integer) getOrDefault(samples);
  }

  public DoubleParam sigma() {
    return sigma;
  }

  public double getSigma() {
    return (Double) getOrDefault(sigma);
  }

  public Param<String> noiseScale() {
    return noiseScale;
  }

  public String getNoiseScale() {
    return getOrDefault(noiseScale);
  }

  public LongParam seed() {
    return seed;
  }

  public long getSeed() {
    return (Long) getOrDefault(seed);
  }

  public Param<String> score() {
    return score;
  }

  public String getScore() {
    return getOrDefault(score);
  }

  public Param<String> numerator() {
    return numerator;
  }

  public String getNumerator() {
    return getOrDefault(numerator);
  }

  public Param<String> alpha() {
    return alpha;
  }

  public String getAlpha() {
    return getOrDefault(alpha);
  }

  public Param<String> filters() {
    return filters;
  }

  public String getFilters() {
    return getOrDefault(filters);
  }

  public BooleanParam perFilter() {
    return perFilter;
  }

  public boolean getPerFilter() {
    return (Boolean) getOrDefault(perFilter);
  }

  public Param<String> subset() {
    return subset;
  }

  public String getSubset() {
    return getOrDefault(subset);
  }

  public BooleanParam region() {
    return region;
  }

  public boolean getRegion() {
    return (Boolean) getOrDefault(region);
  }

  public IntParam batch() {
    return batch;
  }

  public int getBatch() {
    return (Integer) getOrDefault(batch);
  }

  public BooleanParam noShortcut() {
    return noShortcut;
  }

  public boolean getNoShortcut() {
    return (Boolean) getOrDefault(noShortcut);
  }

  public Param<String> device() {
    return device;
  }

  public String getDevice() {
    return getOrDefault(device);
  }

  public Param<String> precision() {
    return precision;
  }

  public String getPrecision() {
    return getOrDefault(precision);
  }

  public IntParam decoders() {
    return decoders;
  }

  public int getDecoders() {
    return (Integer) getOrDefault(decoders);
  }

  public LongParam maxPixels() {
    return maxPixels;
  }

  public long getMaxPixels() {
    return (Long) getOrDefault(maxPixels);
  }

  public LongParam maxBytes() {
    return maxBytes;
  }

  public long getMaxBytes() {
    return (Long) getOrDefault(maxBytes);
  }
}
