/** What tests of rooms share. */
@NullMarked
package org.millrace.jobs.testing;

import org.jspecify.annotations.NullMarked;
