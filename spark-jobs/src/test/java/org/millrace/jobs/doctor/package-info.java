@NullMarked
package org.millrace.jobs.doctor;

import org.jspecify.annotations.NullMarked;
