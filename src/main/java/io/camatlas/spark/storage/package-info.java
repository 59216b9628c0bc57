/**
 * Files on any Hadoop file system, folders of results, and the timing of jobs. Does not depend on
 * any table. Read {@link io.camatlas.spark.storage.ResultFolder} first.
 */
package io.camatlas.spark.storage;
