/** Scores the spine of some days with the champion, and stages the predictions. */
@NullMarked
package org.millrace.jobs.score;

import org.jspecify.annotations.NullMarked;
