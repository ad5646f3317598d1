/** Tests of the audit that makes features visible. */
@NullMarked
package org.millrace.jobs.validate;

import org.jspecify.annotations.NullMarked;
