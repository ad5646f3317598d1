package org.millrace.contracts;

/** Plans what happens at a fault point of this JVM while some work runs. */
public final class ArmedFault {
  private ArmedFault() {}

  /** What stands for the end of the program: nothing catches it. */
  private static final class Halted extends Error {
    private static final long serialVersionUID = 1L;

    private Halted(String fault) {
      super("halted at " + fault);
    }
  }

  /**
   * Does work that ends at {@code POINT:object#nth}.
   *
   * @return true if it got there
   */
  public static boolean halts(String fault, Runnable work) {
    try {
      during(
          fault,
          () -> {
            throw new Halted(fault);
          },
          work);
      return false;
    } catch (Halted e) {
      return true;
    }
  }

  /** Does work, and something else when it gets to a point. */
  public static void during(String fault, Runnable action, Runnable work) {
    FaultPoint.arm(Fault.parse(fault, action));
    try {
      work.run();
    } finally {
      FaultPoint.arm(null);
    }
  }
}
