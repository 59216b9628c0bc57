package io.camatlas.config;

/** Forms of annotations that maps are measured against. */
public enum TruthKind {
  /** Determined from the name. */
  AUTO,
  /** COCO's JSON: boxes, polygons, run lengths. */
  COCO,
  /** A folder of PASCAL VOC's XML files, or one of them. */
  VOC,
  /** A list as in ImageNet or CUB, or a file with a header. */
  CSV
}
