/**
 * What a person sees: overlay pictures of single images, the colours they are drawn in, and numbers
 * as people read them.
 *
 * <p>{@code facts} holds what a report says, {@code findings} draws conclusions from it, and {@code
 * site} makes pages of both; each knows the ones before it only.
 *
 * <p>May import {@code localize} and {@code image}, and {@code java.desktop} for drawing; knows
 * nothing of networks or of Spark. Pictures are drawn without a display, and on machines without
 * fonts they are drawn without text.
 *
 * <p>Read {@link io.camatlas.report.Overlay} first, then {@link io.camatlas.report.OverlayRequest}.
 */
package io.camatlas.report;
