/** What SCORE and PUBLISH agree on: which days are to be scored with which champion, and how. */
@NullMarked
package org.millrace.jobs.prediction;

import org.jspecify.annotations.NullMarked;
