package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one ONNX Runtime environment of a JVM, and how sessions are opened in it: one thread a call
 * (Spark's tasks are the parallelism), sequential, no memory patterns (they keep a plan for every
 * new batch size, and each partition's tail is one).
 */
final class OrtRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OrtRuntime.class);

  private OrtRuntime() {}

  /** Made at the first call; never closed by us. */
  static OrtEnvironment environment() {
    return Holder.ENVIRONMENT;
  }

  /**
   * Verifies the bytes and opens them. The caller closes, and counts the closing.
   *
   * @throws MillraceException DATA_CONTRACT where the bytes are not those registered or no model
   */
  static OrtSession open(OnnxModel model) {
    byte[] bytes = model.verifiedBytes();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setMemoryPatternOptimization(false);
      OrtSession session = environment().createSession(bytes, options);
      NativeHandles.SESSIONS.opened();
      return session;
    } catch (OrtException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot load %s: ONNX Runtime refuses its %d bytes (%s); register a model that loads"
              .formatted(model, bytes.length, e.getMessage()),
          e);
    }
  }

  /** Loads the native library only when a model is first opened. */
  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = start();

    private static OrtEnvironment start() {
      OrtEnvironment environment = OrtEnvironment.getEnvironment("millrace");
      keepUntilProcessEnds();
      return environment;
    }

    /**
     * Takes a second reference on the native environment. The library's own shutdown hook gives one
     * back while other threads may still be inside native calls; with none left the environment is
     * freed under them and the JVM crashes. Java offers no public way to take one.
     */
    private static void keepUntilProcessEnds() {
      try {
        Class<?> runtime = Class.forName("ai.onnxruntime.OnnxRuntime");
        Field api = runtime.getDeclaredField("ortApiHandle");
        api.setAccessible(true);
        Method create =
            OrtEnvironment.class.getDeclaredMethod(
                "createHandle", long.class, int.class, String.class);
        create.setAccessible(true);
        create.invoke(null, api.getLong(null), 2 /* warning */, "millrace");
      } catch (ReflectiveOperationException e) {
        LOG.warn(
            "Cannot hold ONNX Runtime's environment open until the process ends: this version of the"
                + " library differs from the one tested; a JVM that is stopped while it scores may"
                + " crash on its way out",
            e);
      }
    }
  }
}
