/**
 * The rows that are asked about, and their features as of each row: one code for training sets,
 * scoring and monitoring, so that they cannot differ.
 */
@NullMarked
package org.millrace.jobs.spine;

import org.jspecify.annotations.NullMarked;
