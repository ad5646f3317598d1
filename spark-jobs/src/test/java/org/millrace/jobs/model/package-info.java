@NullMarked
package org.millrace.jobs.model;

import org.jspecify.annotations.NullMarked;
