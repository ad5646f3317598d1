@NullMarked
package org.millrace.jobs.unpublish;

import org.jspecify.annotations.NullMarked;
