/** Says why a published prediction is what it is: inputs, facts behind them, contributions. */
@NullMarked
package org.millrace.jobs.explain;

import org.jspecify.annotations.NullMarked;
