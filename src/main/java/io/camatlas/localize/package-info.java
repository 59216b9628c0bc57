/**
 * Measurements of one saliency map: where its peak and its centre of mass lie, how concentrated it
 * is, how much of the picture it covers and in how many parts, how much of it lies at the edges,
 * and how well the maps of single noise samples agree.
 *
 * <p>Plain Java; imports nothing but {@code java.*}, so it runs wherever the maps are: in an
 * executor, in a notebook, or on a table written years ago. Everything is deterministic and safe to
 * call from several threads.
 *
 * <p>All positions are fractions of the map's extent: x runs from 0 at the left edge to 1 at the
 * right, y from 0 at the top to 1 at the bottom, and cell (r,c) of an {@code [h,w]} map covers
 * {@code [c/w,(c+1)/w) x [r/h,(r+1)/h)}. So maps of different resolutions can be compared, and a
 * transform that knows its crop can map a position back to the pixels of the original image.
 *
 * <p>Read {@link io.camatlas.localize.Localization} first.
 */
package io.camatlas.localize;
