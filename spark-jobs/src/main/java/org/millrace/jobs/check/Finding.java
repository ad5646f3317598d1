package org.millrace.jobs.check;

/**
 * Something wrong in a definition.
 *
 * @param place file, line and where it is known the column
 * @param what what was expected and what is there
 */
record Finding(String place, String what) {
  @Override
  public String toString() {
    return place + ": " + what;
  }
}
