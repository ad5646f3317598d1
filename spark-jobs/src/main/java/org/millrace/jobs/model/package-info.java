/** Which registered version a room works with, and its file on this machine. */
@NullMarked
package org.millrace.jobs.model;

import org.jspecify.annotations.NullMarked;
