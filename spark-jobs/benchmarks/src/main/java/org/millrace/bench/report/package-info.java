/**
 * What is told of a run: ratios, tables, the machine's facts, and the record in the documentation.
 */
@NullMarked
package org.millrace.bench.report;

import org.jspecify.annotations.NullMarked;
