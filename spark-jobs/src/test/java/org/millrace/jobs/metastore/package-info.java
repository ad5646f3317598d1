/** Tests of names for people. */
@NullMarked
package org.millrace.jobs.metastore;

import org.jspecify.annotations.NullMarked;
