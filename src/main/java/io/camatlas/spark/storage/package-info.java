/** Files on any Hadoop file system, and folders of results. Knows no table. */
package io.camatlas.spark.storage;
