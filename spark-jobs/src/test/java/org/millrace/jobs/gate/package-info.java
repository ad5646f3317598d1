@NullMarked
package org.millrace.jobs.gate;

import org.jspecify.annotations.NullMarked;
