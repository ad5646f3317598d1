/**
 * What the rooms of the house say to each other: references, verdicts, results and the error
 * categories. Plain data, no Spark and no MLflow.
 */
@NullMarked
package org.millrace.contracts;

import org.jspecify.annotations.NullMarked;
