/**
 * Files on any Hadoop file system, folders of results, and the clock of a job. Knows no table. Read
 * {@link io.camatlas.spark.storage.ResultFolder} first.
 */
package io.camatlas.spark.storage;
