/**
 * The one door for files: sources, {@code asof} and {@code score-file} read Parquet, CSV, JSON,
 * ORC, Avro and Delta here, by one rule of schemas. Start at {@link
 * org.millrace.features.input.InputReader}.
 */
@NullMarked
package org.millrace.features.input;

import org.jspecify.annotations.NullMarked;
