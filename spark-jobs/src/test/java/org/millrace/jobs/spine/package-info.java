/** Tests of what keeps a spine and its features honest. */
@NullMarked
package org.millrace.jobs.spine;

import org.jspecify.annotations.NullMarked;
