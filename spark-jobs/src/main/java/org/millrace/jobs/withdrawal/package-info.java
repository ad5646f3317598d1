/** Publications of predictions that are taken back, and put in force again. */
@NullMarked
package org.millrace.jobs.withdrawal;

import org.jspecify.annotations.NullMarked;
