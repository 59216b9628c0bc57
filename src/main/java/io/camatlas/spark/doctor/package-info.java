/** Says whether driver and executors have what a run needs. */
package io.camatlas.spark.doctor;
