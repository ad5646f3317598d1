/**
 * The registry port on an MLflow 3 server, over its REST interface. The transport is ours (time
 * limits, retries, PUT and DELETE); the messages are the official client's where it has them. Every
 * write looks before it creates, so that a call made twice leaves one run and one version.
 */
@NullMarked
package org.millrace.registry.mlflow;

import org.jspecify.annotations.NullMarked;
