/**
 * How sure a difference between two models is: a paired Poisson bootstrap over rows that both have
 * scored, stratified by day, in a few passes of Spark.
 */
@NullMarked
package org.millrace.jobs.bootstrap;

import org.jspecify.annotations.NullMarked;
