/**
 * The {@code millrace} command: reads arguments and definitions, launches Spark jobs and servers as
 * child processes, and passes their results on. It never loads Spark itself, so that it starts in
 * well under a second. Only this package reads the environment; {@code launch}, {@code service} and
 * {@code sql} are handed what they need.
 */
@NullMarked
package org.millrace.orchestration;

import org.jspecify.annotations.NullMarked;
