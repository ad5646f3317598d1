package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.EnumSet;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.trees.SessionSource;
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
   * A session, and where it really runs.
   *
   * @param session the caller's to close, and to count
   * @param device CPU where CUDA was wanted, is missing, and may be
   */
  record Opened(OrtSession session, Device device) {}

  /** Opens for the CPU. */
  static OrtSession open(OnnxModel model) {
    return open(model, SessionOptions.CPU, 0).session();
  }

  /**
   * Verifies the bytes and opens them. The caller closes, and counts the closing.
   *
   * @param gpu index of the GPU, for CUDA
   * @throws MillraceException DATA_CONTRACT where the bytes are not those registered or no model,
   *     EXTERNAL where CUDA is wanted and is not there
   */
  static Opened open(OnnxModel model, SessionOptions wanted, int gpu) {
    byte[] bytes = model.verifiedBytes();
    boolean cuda = wanted.device() == Device.CUDA && hasCuda(model, wanted);
    try (OrtSession.SessionOptions options = options()) {
      if (cuda) {
        addCuda(options, wanted, gpu);
      }

      return new Opened(open(bytes, options), cuda ? Device.CUDA : Device.CPU);
    } catch (OrtException e) {
      throw refused(model, bytes, cuda, e);
    }
  }

  /** Sessions for the comparison of trees, counted as all others. */
  static SessionSource sessions() {
    return new SessionSource() {
      @Override
      public OrtSession open(byte[] model) throws OrtException {
        try (OrtSession.SessionOptions options = options()) {
          return OrtRuntime.open(model, options);
        }
      }

      @Override
      public void close(OrtSession session) throws OrtException {
        session.close();
        NativeHandles.SESSIONS.closed();
      }
    };
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    environment(); // before anything else of the library: it is to outlive its shutdown hook
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setMemoryPatternOptimization(false);
    // at its usual level it warns in each call of a model that declares its labels as [1]
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    return options;
  }

  private static OrtSession open(byte[] bytes, OrtSession.SessionOptions options)
      throws OrtException {
    OrtSession session = environment().createSession(bytes, options);
    NativeHandles.SESSIONS.opened();
    return session;
  }

  private static MillraceException refused(
      OnnxModel model, byte[] bytes, boolean cuda, OrtException cause) {
    return cuda
        ? new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot load %s on a GPU: ONNX Runtime's CUDA provider refuses it (%s); check the GPU, or use the CPU"
                .formatted(model, cause.getMessage()),
            cause)
        : new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot load %s: ONNX Runtime refuses its %d bytes (%s); register a model that loads"
                .formatted(model, bytes.length, cause.getMessage()),
            cause);
  }

  private static boolean hasCuda(OnnxModel model, SessionOptions wanted) {
    environment(); // loads the library that knows its providers
    EnumSet<OrtProvider> providers = OrtEnvironment.getAvailableProviders();
    boolean there = providers.contains(OrtProvider.CUDA);
    if (!there && !wanted.allowCpu()) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot score with %s on a GPU: this build of ONNX Runtime has the providers %s vs CUDA; put its GPU build on the class path, or allow the CPU"
              .formatted(model, providers));
    }

    if (!there) {
      LOG.warn("No CUDA provider among {}: {} runs on the CPU, as allowed", providers, model);
    }

    return there;
  }

  /** Nothing of the model may fall back to the CPU unnoticed, unless that is allowed. */
  private static void addCuda(OrtSession.SessionOptions options, SessionOptions wanted, int gpu)
      throws OrtException {
    if (!wanted.allowCpu()) {
      options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
    }

    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(gpu)) {
      if (wanted.gpuMemoryMiB() > 0) {
        cuda.add("gpu_mem_limit", Long.toString(wanted.gpuMemoryMiB() << 20));
      }

      options.addCUDA(cuda);
    }
  }

  /** Loads the native library only when a model is first opened. */
  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = start();

    private static OrtEnvironment start() {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
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
