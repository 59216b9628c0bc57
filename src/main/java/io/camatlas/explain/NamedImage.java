package io.camatlas.explain;

import java.util.Optional;

/**
 * Identifies an image, with its label.
 *
 * @param id identifies the image in all tables; unique within a run
 * @param path where it was read from; null if it has no path
 * @param label the class that it is labelled with
 */
public record NamedImage(String id, String path, Optional<String> label) {}
