/** A first pipeline written from data: definitions that run as they are. */
@NullMarked
package org.millrace.jobs.init;

import org.jspecify.annotations.NullMarked;
