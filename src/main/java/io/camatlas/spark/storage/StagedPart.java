package io.camatlas.spark.storage;

import java.io.Serializable;

/**
 * A file of a table that is written but not yet part of the table.
 *
 * @param table its name
 * @param path where it waits
 * @param crc32c of all its bytes
 */
public record StagedPart(String table, String path, int crc32c) implements Serializable {}
