@NullMarked
package org.millrace.jobs;

import org.jspecify.annotations.NullMarked;
