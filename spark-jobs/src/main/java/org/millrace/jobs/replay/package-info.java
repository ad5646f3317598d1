/** Makes published predictions again from what they were made from, and compares. */
@NullMarked
package org.millrace.jobs.replay;

import org.jspecify.annotations.NullMarked;
