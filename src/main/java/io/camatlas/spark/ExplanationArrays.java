package io.camatlas.spark;

/**
 * The arrays of one explanation. A bean, because Spark fills primitive arrays of beans in one copy,
 * while a row would box every number.
 */
public final class ExplanationArrays implements java.io.Serializable {
  private static final long serialVersionUID = 1L;

  private float[] map;
  private float[] weights;
  private float[] meanActivations;
  private float[] maxActivations;
  private int[] maxCells;

  public float[] getMap() {
    return map;
  }

  public void setMap(float[] map) {
    this.map = map;
  }

  public float[] getWeights() {
    return weights;
  }

  public void setWeights(float[] weights) {
    this.weights = weights;
  }

  public float[] getMeanActivations() {
    return meanActivations;
  }

  public void setMeanActivations(float[] meanActivations) {
    this.meanActivations = meanActivations;
  }

  public float[] getMaxActivations() {
    return maxActivations;
  }

  public void setMaxActivations(float[] maxActivations) {
    this.maxActivations = maxActivations;
  }

  public int[] getMaxCells() {
    return maxCells;
  }

  public void setMaxCells(int[] maxCells) {
    this.maxCells = maxCells;
  }
}
