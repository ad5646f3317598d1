/** The room that registers a model of a person's own, after it was looked into and tried. */
@NullMarked
package org.millrace.jobs.register;

import org.jspecify.annotations.NullMarked;
