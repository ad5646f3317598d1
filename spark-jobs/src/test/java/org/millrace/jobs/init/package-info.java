/** Tests of pipelines that are written from files. */
@NullMarked
package org.millrace.jobs.init;

import org.jspecify.annotations.NullMarked;
