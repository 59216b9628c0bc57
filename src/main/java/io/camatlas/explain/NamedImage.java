package io.camatlas.explain;

import java.util.Optional;

/**
 * Which image is meant, and what it is said to show.
 *
 * @param id names the image in all tables; unique within a run
 * @param path where it was read from; null where it has none
 * @param label what it is said to show
 */
public record NamedImage(String id, String path, Optional<String> label) {}
