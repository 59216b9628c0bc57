/**
 * What a person sees: overlay pictures of single images, and the colours they are drawn in.
 *
 * <p>May import {@code localize}, {@code atlas} and {@code image}, and {@code java.desktop} for
 * drawing; knows nothing of networks or of Spark. Pictures are drawn without a display, and on
 * machines without fonts they are drawn without text.
 *
 * <p>Read {@link io.camatlas.report.Overlay} first, then {@link io.camatlas.report.OverlayRequest}.
 */
package io.camatlas.report;
