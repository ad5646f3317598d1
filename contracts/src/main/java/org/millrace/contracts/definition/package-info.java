/**
 * Definitions read from {@code conf/}: YAML in, checked records out, all errors at once, each with
 * file and line.
 */
@NullMarked
package org.millrace.contracts.definition;

import org.jspecify.annotations.NullMarked;
