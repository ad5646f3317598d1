package org.millrace.jobs.score.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Arrays;
import java.util.Random;

/** Ways to damage a model at random; the same seed does the same. */
final class ModelDamage {
  private static final long[] ODD = {
    -1, 0, 1, 2, 7, 8, 100, 65_536, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private ModelDamage() {}

  /** A few bytes flipped or overwritten, or a piece cut out. */
  static byte[] bytes(byte[] model, Random random) {
    byte[] bytes = model.clone();
    if (random.nextInt(8) == 0) {
      int from = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, from + 1 + random.nextInt(16));
      byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
      System.arraycopy(bytes, to, shorter, from, bytes.length - to);
      return shorter;
    }

    int flips = 1 + random.nextInt(3);
    for (int i = 0; i < flips; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) (bytes[at] ^ 1 << random.nextInt(8))
              : (byte) random.nextInt(256);
    }

    return bytes;
  }

  /** A file that is whole, with one or two of its numbers, names or lists wrong. */
  static byte[] parts(byte[] model, Random random) {
    ModelProto.Builder damaged;
    try {
      damaged = ModelProto.parseFrom(model).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Cannot damage what is no model", e);
    }

    GraphProto.Builder graph = damaged.getGraphBuilder();
    int times = 1 + random.nextInt(2);
    for (int i = 0; i < times; i++) {
      switch (random.nextInt(8)) {
        case 0 -> shape(graph, random);
        case 1 -> constant(graph, random);
        case 2 -> names(graph, random);
        case 3 ->
            damaged
                .getOpsetImportBuilder(random.nextInt(damaged.getOpsetImportCount()))
                .setVersion(random.nextInt(30));
        default -> attribute(graph.getNodeBuilder(random.nextInt(graph.getNodeCount())), random);
      }
    }

    return damaged.build().toByteArray();
  }

  private static long odd(Random random) {
    return random.nextInt(3) == 0 ? random.nextInt(64) : ODD[random.nextInt(ODD.length)];
  }

  private static void shape(GraphProto.Builder graph, Random random) {
    TensorShapeProto.Builder shape =
        graph
            .getInputBuilder(random.nextInt(graph.getInputCount()))
            .getTypeBuilder()
            .getTensorTypeBuilder()
            .getShapeBuilder();
    shape.getDimBuilder(random.nextInt(shape.getDimCount())).setDimValue(odd(random));
  }

  private static void constant(GraphProto.Builder graph, Random random) {
    if (graph.getInitializerCount() > 0) {
      TensorProto.Builder tensor =
          graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
      if (tensor.getDimsCount() > 0 && random.nextBoolean()) {
        tensor.setDims(random.nextInt(tensor.getDimsCount()), odd(random));
      } else {
        tensor.setDataType(random.nextInt(24));
      }
    }
  }

  /** A node reads another value: perhaps its own, or one that is made later. */
  private static void names(GraphProto.Builder graph, Random random) {
    NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
    NodeProto other = graph.getNode(random.nextInt(graph.getNodeCount()));
    if (node.getInputCount() > 0) {
      node.setInput(random.nextInt(node.getInputCount()), other.getOutput(0));
    }
  }

  private static void attribute(NodeProto.Builder node, Random random) {
    if (node.getAttributeCount() == 0) {
      return;
    }

    int at = random.nextInt(node.getAttributeCount());
    AttributeProto.Builder attribute = node.getAttributeBuilder(at);
    if (random.nextInt(10) == 0) {
      node.removeAttribute(at);
    } else if (attribute.getIntsCount() > 0) {
      int one = random.nextInt(attribute.getIntsCount());
      attribute.setInts(one, random.nextBoolean() ? odd(random) : attribute.getInts(one) + 1);
      shorten(attribute, random);
    } else if (attribute.getStringsCount() > 0) {
      int one = random.nextInt(attribute.getStringsCount());
      attribute.setStrings(one, attribute.getStrings(random.nextInt(attribute.getStringsCount())));
      shorten(attribute, random);
    } else if (attribute.getFloatsCount() > 0) {
      attribute.setFloats(random.nextInt(attribute.getFloatsCount()), Float.NaN);
      shorten(attribute, random);
    } else {
      attribute.setI(odd(random));
    }
  }

  /** Now and then, half of the list is lost. */
  private static void shorten(AttributeProto.Builder attribute, Random random) {
    if (random.nextInt(6) == 0) {
      AttributeProto whole = attribute.build();
      attribute
          .clearInts()
          .clearStrings()
          .clearFloats()
          .addAllInts(whole.getIntsList().subList(0, whole.getIntsCount() / 2))
          .addAllStrings(whole.getStringsList().subList(0, whole.getStringsCount() / 2))
          .addAllFloats(whole.getFloatsList().subList(0, whole.getFloatsCount() / 2));
    }
  }
}
