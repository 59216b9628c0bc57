/**
 * What reports are made of besides tables: small pictures and mean images of the images that runs
 * explained, and the files of pages.
 *
 * <p>A room of {@code spark}, on {@code input}, {@code results} and {@code storage}. Read {@link
 * io.camatlas.spark.pages.PictureStage}.
 */
package io.camatlas.spark.pages;
