package io.camatlas.ml;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * A method for each parameter, and for its value. Made from the declarations of the options;
 * GeneratedFilesTest says how to renew it.
 */
public abstract class ExplainParams extends OptionParams {
  private static final long serialVersionUID = 1L;

  ExplainParams(String uid) {
    super(uid);
  }

  public Param<String> inputCol() {
    return text("inputCol");
  }

  public String getInputCol() {
    return getOrDefault(inputCol());
  }

  public SmoothGradCam setInputCol(String value) {
    return with(inputCol(), value);
  }

  public Param<String> outputCol() {
    return text("outputCol");
  }

  public String getOutputCol() {
    return getOrDefault(outputCol());
  }

  public SmoothGradCam setOutputCol(String value) {
    return with(outputCol(), value);
  }

  public Param<String> labelCol() {
    return text("labelCol");
  }

  public String getLabelCol() {
    return getOrDefault(labelCol());
  }

  public SmoothGradCam setLabelCol(String value) {
    return with(labelCol(), value);
  }

  public Param<String> imageIdCol() {
    return text("imageIdCol");
  }

  public String getImageIdCol() {
    return getOrDefault(imageIdCol());
  }

  public SmoothGradCam setImageIdCol(String value) {
    return with(imageIdCol(), value);
  }

  public Param<String> model() {
    return text("model");
  }

  public String getModel() {
    return getOrDefault(model());
  }

  public SmoothGradCam setModel(String value) {
    return with(model(), value);
  }

  public Param<String> sidecar() {
    return text("sidecar");
  }

  public String getSidecar() {
    return getOrDefault(sidecar());
  }

  public SmoothGradCam setSidecar(String value) {
    return with(sidecar(), value);
  }

  public Param<String> entry() {
    return text("entry");
  }

  public String getEntry() {
    return getOrDefault(entry());
  }

  public SmoothGradCam setEntry(String value) {
    return with(entry(), value);
  }

  public Param<String> output() {
    return text("output");
  }

  public String getOutput() {
    return getOrDefault(output());
  }

  public SmoothGradCam setOutput(String value) {
    return with(output(), value);
  }

  public Param<String> classes() {
    return text("classes");
  }

  public String getClasses() {
    return getOrDefault(classes());
  }

  public SmoothGradCam setClasses(String value) {
    return with(classes(), value);
  }

  public Param<String> scores() {
    return text("scores");
  }

  public String getScores() {
    return getOrDefault(scores());
  }

  public SmoothGradCam setScores(String value) {
    return with(scores(), value);
  }

  public DoubleParam threshold() {
    return (DoubleParam) param("threshold");
  }

  public double getThreshold() {
    return (Double) getOrDefault(threshold());
  }

  public SmoothGradCam setThreshold(double value) {
    return with(threshold(), value);
  }

  public Param<String> resize() {
    return text("resize");
  }

  public String getResize() {
    return getOrDefault(resize());
  }

  public SmoothGradCam setResize(String value) {
    return with(resize(), value);
  }

  public Param<String> crop() {
    return text("crop");
  }

  public String getCrop() {
    return getOrDefault(crop());
  }

  public SmoothGradCam setCrop(String value) {
    return with(crop(), value);
  }

  public Param<String> interpolation() {
    return text("interpolation");
  }

  public String getInterpolation() {
    return getOrDefault(interpolation());
  }

  public SmoothGradCam setInterpolation(String value) {
    return with(interpolation(), value);
  }

  public Param<String> resizeAs() {
    return text("resizeAs");
  }

  public String getResizeAs() {
    return getOrDefault(resizeAs());
  }

  public SmoothGradCam setResizeAs(String value) {
    return with(resizeAs(), value);
  }

  public Param<String> channels() {
    return text("channels");
  }

  public String getChannels() {
    return getOrDefault(channels());
  }

  public SmoothGradCam setChannels(String value) {
    return with(channels(), value);
  }

  public Param<String> mean() {
    return text("mean");
  }

  public String getMean() {
    return getOrDefault(mean());
  }

  public SmoothGradCam setMean(String value) {
    return with(mean(), value);
  }

  public Param<String> std() {
    return text("std");
  }

  public String getStd() {
    return getOrDefault(std());
  }

  public SmoothGradCam setStd(String value) {
    return with(std(), value);
  }

  public Param<String> labelSeparator() {
    return text("labelSeparator");
  }

  public String getLabelSeparator() {
    return getOrDefault(labelSeparator());
  }

  public SmoothGradCam setLabelSeparator(String value) {
    return with(labelSeparator(), value);
  }

  public Param<String> emptyLabel() {
    return text("emptyLabel");
  }

  public String getEmptyLabel() {
    return getOrDefault(emptyLabel());
  }

  public SmoothGradCam setEmptyLabel(String value) {
    return with(emptyLabel(), value);
  }

  public Param<String> otherLabels() {
    return text("otherLabels");
  }

  public String getOtherLabels() {
    return getOrDefault(otherLabels());
  }

  public SmoothGradCam setOtherLabels(String value) {
    return with(otherLabels(), value);
  }

  public Param<String> uncertainLabels() {
    return text("uncertainLabels");
  }

  public String getUncertainLabels() {
    return getOrDefault(uncertainLabels());
  }

  public SmoothGradCam setUncertainLabels(String value) {
    return with(uncertainLabels(), value);
  }

  public Param<String> missingLabels() {
    return text("missingLabels");
  }

  public String getMissingLabels() {
    return getOrDefault(missingLabels());
  }

  public SmoothGradCam setMissingLabels(String value) {
    return with(missingLabels(), value);
  }

  public LongParam maxPixels() {
    return (LongParam) param("maxPixels");
  }

  public long getMaxPixels() {
    return (Long) getOrDefault(maxPixels());
  }

  public SmoothGradCam setMaxPixels(long value) {
    return with(maxPixels(), value);
  }

  public LongParam maxBytes() {
    return (LongParam) param("maxBytes");
  }

  public long getMaxBytes() {
    return (Long) getOrDefault(maxBytes());
  }

  public SmoothGradCam setMaxBytes(long value) {
    return with(maxBytes(), value);
  }

  public Param<String> layer() {
    return text("layer");
  }

  public String getLayer() {
    return getOrDefault(layer());
  }

  public SmoothGradCam setLayer(String value) {
    return with(layer(), value);
  }

  public Param<String> layout() {
    return text("layout");
  }

  public String getLayout() {
    return getOrDefault(layout());
  }

  public SmoothGradCam setLayout(String value) {
    return with(layout(), value);
  }

  public BooleanParam allowRandom() {
    return (BooleanParam) param("allowRandom");
  }

  public boolean getAllowRandom() {
    return (Boolean) getOrDefault(allowRandom());
  }

  public SmoothGradCam setAllowRandom(boolean value) {
    return with(allowRandom(), value);
  }

  public Param<String> targets() {
    return text("targets");
  }

  public String getTargets() {
    return getOrDefault(targets());
  }

  public SmoothGradCam setTargets(String value) {
    return with(targets(), value);
  }

  public Param<String> scoreOver() {
    return text("scoreOver");
  }

  public String getScoreOver() {
    return getOrDefault(scoreOver());
  }

  public SmoothGradCam setScoreOver(String value) {
    return with(scoreOver(), value);
  }

  public Param<String> method() {
    return text("method");
  }

  public String getMethod() {
    return getOrDefault(method());
  }

  public SmoothGradCam setMethod(String value) {
    return with(method(), value);
  }

  public IntParam samples() {
    return (IntParam) param("samples");
  }

  public int getSamples() {
    return (Integer) getOrDefault(samples());
  }

  public SmoothGradCam setSamples(int value) {
    return with(samples(), value);
  }

  public DoubleParam sigma() {
    return (DoubleParam) param("sigma");
  }

  public double getSigma() {
    return (Double) getOrDefault(sigma());
  }

  public SmoothGradCam setSigma(double value) {
    return with(sigma(), value);
  }

  public Param<String> noiseScale() {
    return text("noiseScale");
  }

  public String getNoiseScale() {
    return getOrDefault(noiseScale());
  }

  public SmoothGradCam setNoiseScale(String value) {
    return with(noiseScale(), value);
  }

  public LongParam seed() {
    return (LongParam) param("seed");
  }

  public long getSeed() {
    return (Long) getOrDefault(seed());
  }

  public SmoothGradCam setSeed(long value) {
    return with(seed(), value);
  }

  public Param<String> score() {
    return text("score");
  }

  public String getScore() {
    return getOrDefault(score());
  }

  public SmoothGradCam setScore(String value) {
    return with(score(), value);
  }

  public Param<String> numerator() {
    return text("numerator");
  }

  public String getNumerator() {
    return getOrDefault(numerator());
  }

  public SmoothGradCam setNumerator(String value) {
    return with(numerator(), value);
  }

  public Param<String> alpha() {
    return text("alpha");
  }

  public String getAlpha() {
    return getOrDefault(alpha());
  }

  public SmoothGradCam setAlpha(String value) {
    return with(alpha(), value);
  }

  public IntParam patch() {
    return (IntParam) param("patch");
  }

  public int getPatch() {
    return (Integer) getOrDefault(patch());
  }

  public SmoothGradCam setPatch(int value) {
    return with(patch(), value);
  }

  public IntParam pixelGrid() {
    return (IntParam) param("pixelGrid");
  }

  public int getPixelGrid() {
    return (Integer) getOrDefault(pixelGrid());
  }

  public SmoothGradCam setPixelGrid(int value) {
    return with(pixelGrid(), value);
  }

  public IntParam pathSteps() {
    return (IntParam) param("pathSteps");
  }

  public int getPathSteps() {
    return (Integer) getOrDefault(pathSteps());
  }

  public SmoothGradCam setPathSteps(int value) {
    return with(pathSteps(), value);
  }

  public Param<String> filters() {
    return text("filters");
  }

  public String getFilters() {
    return getOrDefault(filters());
  }

  public SmoothGradCam setFilters(String value) {
    return with(filters(), value);
  }

  public BooleanParam perFilter() {
    return (BooleanParam) param("perFilter");
  }

  public boolean getPerFilter() {
    return (Boolean) getOrDefault(perFilter());
  }

  public SmoothGradCam setPerFilter(boolean value) {
    return with(perFilter(), value);
  }

  public Param<String> subset() {
    return text("subset");
  }

  public String getSubset() {
    return getOrDefault(subset());
  }

  public SmoothGradCam setSubset(String value) {
    return with(subset(), value);
  }

  public BooleanParam region() {
    return (BooleanParam) param("region");
  }

  public boolean getRegion() {
    return (Boolean) getOrDefault(region());
  }

  public SmoothGradCam setRegion(boolean value) {
    return with(region(), value);
  }

  public BooleanParam noShortcut() {
    return (BooleanParam) param("noShortcut");
  }

  public boolean getNoShortcut() {
    return (Boolean) getOrDefault(noShortcut());
  }

  public SmoothGradCam setNoShortcut(boolean value) {
    return with(noShortcut(), value);
  }

  public IntParam batch() {
    return (IntParam) param("batch");
  }

  public int getBatch() {
    return (Integer) getOrDefault(batch());
  }

  public SmoothGradCam setBatch(int value) {
    return with(batch(), value);
  }

  public Param<String> device() {
    return text("device");
  }

  public String getDevice() {
    return getOrDefault(device());
  }

  public SmoothGradCam setDevice(String value) {
    return with(device(), value);
  }

  public Param<String> precision() {
    return text("precision");
  }

  public String getPrecision() {
    return getOrDefault(precision());
  }

  public SmoothGradCam setPrecision(String value) {
    return with(precision(), value);
  }

  public IntParam decoders() {
    return (IntParam) param("decoders");
  }

  public int getDecoders() {
    return (Integer) getOrDefault(decoders());
  }

  public SmoothGradCam setDecoders(int value) {
    return with(decoders(), value);
  }
}
