/** Tests of the jobs on files. */
@NullMarked
package org.millrace.jobs.files;

import org.jspecify.annotations.NullMarked;
