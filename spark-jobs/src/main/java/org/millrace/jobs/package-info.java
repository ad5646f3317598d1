/** See README.md for what lives in this module. */
@NullMarked
package org.millrace.jobs;

import org.jspecify.annotations.NullMarked;
