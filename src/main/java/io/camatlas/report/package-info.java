/**
 * Output for people: overlay pictures of single images, the colours they are drawn in, and
 * formatted numbers.
 *
 * <p>{@code facts} holds the contents of a report, {@code findings} draws conclusions from them,
 * and {@code site} makes pages of both; each knows only the ones before it.
 *
 * <p>May import {@code localize} and {@code image}, and {@code java.desktop} for drawing; knows
 * nothing of networks or of Spark. Pictures are drawn without a display, and on machines without
 * fonts they are drawn without text.
 *
 * <p>Read {@link io.camatlas.report.Overlay} first, then {@link io.camatlas.report.OverlayRequest}.
 */
package io.camatlas.report;
