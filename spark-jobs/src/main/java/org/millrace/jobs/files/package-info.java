/** Jobs on plain files and tables, without definitions: an as-of join, a scoring. Driver only. */
@NullMarked
package org.millrace.jobs.files;

import org.jspecify.annotations.NullMarked;
