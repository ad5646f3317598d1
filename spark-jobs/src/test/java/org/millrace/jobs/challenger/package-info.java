@NullMarked
package org.millrace.jobs.challenger;

import org.jspecify.annotations.NullMarked;
