/**
 * Why a model gave a score: exact contributions of features to the raw score of a tree ensemble
 * (path-dependent TreeSHAP), in bulk on Spark. {@code CountCovers} counts once how the rows of a
 * data set spread over the trees; {@code ShapColumns} explains rows by these counts.
 */
@NullMarked
package org.millrace.jobs.explain.shap;

import org.jspecify.annotations.NullMarked;
