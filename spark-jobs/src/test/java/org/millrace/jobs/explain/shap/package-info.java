@NullMarked
package org.millrace.jobs.explain.shap;

import org.jspecify.annotations.NullMarked;
