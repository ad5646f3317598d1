/**
 * Servers that outlive the command that started them: the MLflow server and the SQL server. A
 * server is known by process id and start time together; nothing else is ever signalled.
 */
@NullMarked
package org.millrace.orchestration.service;

import org.jspecify.annotations.NullMarked;
