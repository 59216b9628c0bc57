package io.camatlas.image;

/** Why a file could not be read as a picture. */
public enum ImageProblem {
  /** No bytes at all. */
  EMPTY,
  /** More bytes than {@link DecodeLimits#maxBytes}. */
  TOO_MANY_BYTES,
  /** The first bytes belong to none of the supported formats, whatever the file's name says. */
  NOT_AN_IMAGE,
  /** The file ends before its picture does. */
  TRUNCATED,
  /** The header states more pixels than {@link DecodeLimits#maxPixels}. */
  TOO_MANY_PIXELS,
  /** Damaged, or of a kind that the decoder does not support. */
  UNDECODABLE
}
