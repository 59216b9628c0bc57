/** What runs inside a task. Read {@link io.camatlas.spark.executor.TaskExplainer} first. */
package io.camatlas.spark.executor;
