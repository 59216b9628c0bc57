/** The job that tests suspects on the network. Read {@link io.camatlas.spark.causes.CausesJob}. */
package io.camatlas.spark.causes;
