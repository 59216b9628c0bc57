/** The job that creates the report of an atlas. Read {@link io.camatlas.spark.report.ReportJob}. */
package io.camatlas.spark.report;
