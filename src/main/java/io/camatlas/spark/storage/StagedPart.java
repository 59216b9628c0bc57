package io.camatlas.spark.storage;

import java.io.Serializable;

/**
 * A file of a table that is written but not yet part of the table.
 *
 * @param table name of the table
 * @param path where the file is until then
 * @param crc32c CRC-32C of all its bytes
 */
public record StagedPart(String table, String path, int crc32c) implements Serializable {}
