/** Audits staged features and makes them visible. */
@NullMarked
package org.millrace.jobs.validate;

import org.jspecify.annotations.NullMarked;
