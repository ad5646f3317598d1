/** Lets a version pass that keeps all rules of its gate, because a person approves it. */
@NullMarked
package org.millrace.jobs.approve;

import org.jspecify.annotations.NullMarked;
