/**
 * Ground truth for localization, and how well saliency maps agree with it.
 *
 * <p>Readers turn COCO, Pascal VOC and CSV annotations into {@link io.camatlas.truth.GroundTruth}
 * by image; {@link io.camatlas.truth.TruthEvaluation} measures one map against the objects of one
 * class; {@link io.camatlas.truth.TruthState} accumulates measurements in any order, and the
 * published metrics are read from it.
 *
 * <p>Annotations are in pixels of the upright original; maps lie on the network's input plane. A
 * {@link io.camatlas.image.PixelMapping} maps between the two. All values are fractions, 0 to 1.
 *
 * <p>Plain Java, OpenCV for contours and Jackson for COCO's JSON. Imports {@code image}, {@code
 * localize}, {@code atlas} (moments) and {@code suggest}; knows nothing of Spark or of DJL. Read
 * {@link io.camatlas.truth.TruthEvaluation} first.
 */
package io.camatlas.truth;
