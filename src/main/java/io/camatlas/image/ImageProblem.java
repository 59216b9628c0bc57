package io.camatlas.image;

/** Why a file gives no image. */
public enum ImageProblem {
  EMPTY,
  TOO_MANY_BYTES,
  NOT_AN_IMAGE,
  TRUNCATED,
  TOO_MANY_PIXELS,
  UNDECODABLE
}
