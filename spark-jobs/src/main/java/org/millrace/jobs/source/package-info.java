/** What rows of sources are held against: what `ingest` and `check --rows` share. */
@NullMarked
package org.millrace.jobs.source;

import org.jspecify.annotations.NullMarked;
