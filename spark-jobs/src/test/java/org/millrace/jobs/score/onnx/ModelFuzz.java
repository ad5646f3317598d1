package org.millrace.jobs.score.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.millrace.contracts.MillraceException;

/**
 * A process that damages the corpus's models at random, has each checked, and runs those that pass
 * on a few rows. It tells the number of a case before it begins: a crash names its own.
 *
 * <p>Arguments: the first case, and the one after the last. A case's number is its seed.
 */
final class ModelFuzz {
  private static final int ROWS = 3;
  private static final int MAX_ELEMENTS = 1 << 20;

  private ModelFuzz() {}

  public static void main(String[] arguments) throws OrtException {
    List<byte[]> models = new ArrayList<>();
    for (String name : Corpus.names()) {
      models.add(Corpus.read(name).model().verifiedBytes());
    }

    int refused = 0;
    int failed = 0;
    int ran = 0;
    long last = Long.parseLong(arguments[1]);
    for (long number = Long.parseLong(arguments[0]); number < last; number++) {
      System.out.println("case " + number);
      Random random = new Random(number);
      byte[] whole = models.get(random.nextInt(models.size()));
      byte[] damaged =
          random.nextBoolean()
              ? ModelDamage.bytes(whole, random)
              : ModelDamage.parts(whole, random);
      OnnxModel model = OnnxModel.of("damaged", Long.toString(number), damaged);
      try {
        ModelSignature.inspect(model);
        OrtSession opened = OrtRuntime.open(model);
        try (OrtSession session = opened) {
          run(session);
          ran++;
        } catch (OrtException e) {
          failed++;
        } finally {
          NativeHandles.SESSIONS.closed();
        }
      } catch (MillraceException e) {
        refused++;
      }
    }

    System.out.println(
        "refused %d, failed %d, ran %d, left open %d"
            .formatted(refused, failed, ran, NativeHandles.SESSIONS.open()));
  }

  private static void run(OrtSession session) throws OrtException {
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
        if (input.getValue().getInfo() instanceof TensorInfo info) {
          given.put(input.getKey(), tensor(info));
        }
      }

      session.run(given).close();
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(TensorInfo info) throws OrtException {
    OrtEnvironment environment = OrtRuntime.environment();
    long[] shape = info.getShape().clone();
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] < 0 ? i == 0 ? ROWS : 1 : shape[i];
      if (shape[i] > MAX_ELEMENTS || count * shape[i] > MAX_ELEMENTS) {
        throw new OrtException("too large for a test: " + Arrays.toString(shape));
      }

      count *= shape[i];
    }

    switch (info.type) {
      case STRING -> {
        String[] texts = new String[(int) count];
        Arrays.fill(texts, "Newark");
        return OnnxTensor.createTensor(environment, texts, shape);
      }
      default -> {
        ByteBuffer zeros =
            ByteBuffer.allocateDirect((int) count * info.type.size).order(ByteOrder.nativeOrder());
        return OnnxTensor.createTensor(environment, zeros, shape, info.type);
      }
    }
  }
}
