package org.millrace.contracts;

/** How a job ended, as its result line says it. */
public enum Outcome {
  /** Work was done. */
  DONE,
  /** This run key had been finished before; nothing was changed. */
  NOTHING_TO_DO,
  /** It failed; the category says how. */
  FAILED
}
