package org.millrace.jobs.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.jobs.room.Progress;

/** What stands for the end of a program at one of its steps: nothing catches it. */
public final class Killed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private Killed(String step) {
    super("killed " + step);
  }

  /** Ends the program before or after its first call of a registry's method. */
  public static ModelRegistry at(String step, ModelRegistry target) {
    return doing(
        step,
        target,
        () -> {
          throw new Killed(step);
        });
  }

  /**
   * Does something before or after each call of a method.
   *
   * @param step such as {@code before moveAlias}
   */
  public static ModelRegistry doing(String step, ModelRegistry target, Runnable action) {
    return (ModelRegistry)
        Proxy.newProxyInstance(
            ModelRegistry.class.getClassLoader(),
            new Class<?>[] {ModelRegistry.class},
            (proxy, method, arguments) -> {
              if (step.equals("before " + method.getName())) {
                action.run();
              }

              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }

              if (step.equals("after " + method.getName())) {
                action.run();
              }

              return result;
            });
  }

  /** Ends the program when it says a line with this text. */
  public static Progress saying(String step) {
    return (room, text) -> {
      if (step.startsWith("saying ") && text.contains(step.substring("saying ".length()))) {
        throw new Killed(step);
      }
    };
  }
}
