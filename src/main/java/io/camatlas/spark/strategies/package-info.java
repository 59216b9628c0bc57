/**
 * The job that finds the ways in which a network comes to each class. Read {@link
 * io.camatlas.spark.strategies.StrategiesJob}.
 */
package io.camatlas.spark.strategies;
