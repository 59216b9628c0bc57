package io.camatlas.config;

/** Forms of annotations that maps are measured against. */
public enum TruthKind {
  /** Found out from the name. */
  AUTO,
  /** COCO's JSON: boxes, polygons, run lengths. */
  COCO,
  /** A folder of PASCAL VOC's XML files, or one of them. */
  VOC,
  /** ImageNet's or CUB's list, or one with a header. */
  CSV
}
