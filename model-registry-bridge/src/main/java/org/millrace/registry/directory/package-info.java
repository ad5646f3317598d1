/**
 * The registry port on a directory: for machines without Python. Every file appears whole, by an
 * atomic move; version numbers are never given twice.
 */
@NullMarked
package org.millrace.registry.directory;

import org.jspecify.annotations.NullMarked;
