@NullMarked
package org.millrace.jobs.failure;

import org.jspecify.annotations.NullMarked;
