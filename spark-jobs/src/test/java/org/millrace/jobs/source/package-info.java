/** Tests of the rules that hold for every raw table. */
@NullMarked
package org.millrace.jobs.source;

import org.jspecify.annotations.NullMarked;
