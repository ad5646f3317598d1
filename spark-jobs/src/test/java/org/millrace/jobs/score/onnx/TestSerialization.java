package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.millrace.features.testing.TestSpark;
import scala.reflect.ClassTag;

/** What travels: the function and its plan by Java's serializer, the model by either. */
class TestSerialization {
  private final OnnxModel model =
      OnnxModel.of("late_flight", "3", "ab".repeat(32), new byte[] {1, 2, 3});

  @Test
  void theModelTravelsByBothSerializers() {
    for (SerializerInstance serializer :
        List.of(
            new JavaSerializer(new SparkConf()).newInstance(),
            new KryoSerializer(new SparkConf()).newInstance())) {
      OnnxModel arrived = roundTrip(serializer, model);
      assertThat(arrived).isNotSameAs(model).usingRecursiveComparison().isEqualTo(model);
    }
  }

  @Test
  void theFunctionsTravelWithTheirPlan() {
    SparkSession spark = TestSpark.session();
    InputColumn column =
        new InputColumn("t", InputColumn.Kind.DECIMAL, 9, 3, NullPolicy.value("none"));
    ScoringPlan plan =
        new ScoringPlan(
            List.of("id"),
            List.of(new InputPlan("temp", OnnxJavaType.FLOAT, List.of(column), List.of(1L))),
            List.of(
                new OutputPlan(
                    "classes",
                    "by_class",
                    DataTypes.createMapType(DataTypes.StringType, DataTypes.FloatType, false),
                    OnnxJavaType.FLOAT,
                    OnnxJavaType.STRING,
                    List.of(),
                    null)),
            64,
            EngineChoice.AUTO,
            new SessionOptions(Device.CUDA, true, 512));
    ScoringAccumulator tallies = new ScoringAccumulator();
    spark.sparkContext().register(tallies);
    ScoringTask task =
        new ScoringTask(
            plan,
            JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model),
            tallies,
            new ScoringMetrics(spark.sparkContext()),
            List.of(0),
            List.of(DataTypes.LongType),
            List.of(List.of(1)));
    SerializerInstance serializer = new JavaSerializer(new SparkConf()).newInstance();

    assertThat(roundTrip(serializer, new ScoreRows(task))).extracting("task.plan").isEqualTo(plan);
    ScoreColumns columns = roundTrip(serializer, new ScoreColumns(task));
    assertThat(columns).extracting("task.plan").isEqualTo(plan);
    assertThat(columns).extracting("task.inputs").isEqualTo(List.of(List.of(1)));
    ScoreColumnsToRows inRows = roundTrip(serializer, new ScoreColumnsToRows(task));
    assertThat(inRows).extracting("scoring.task.plan").isEqualTo(plan);
    assertThat(inRows)
        .extracting("types")
        .isEqualTo(List.of(DataTypes.LongType, plan.outputs().get(0).type()));
  }

  @Test
  void aTaskTellsItsCountsToTheDriver() {
    SerializerInstance serializer = new JavaSerializer(new SparkConf()).newInstance();
    TaskTally tally = tally(4, 1, 5, "1@2");

    assertThat(roundTrip(serializer, tally)).usingRecursiveComparison().isEqualTo(tally);
    for (NullPolicy policy :
        List.of(NullPolicy.nan(), NullPolicy.value("none"), NullPolicy.value(7))) {
      assertThat(roundTrip(serializer, policy)).isEqualTo(policy);
    }
  }

  @Test
  void aTaskThatRanTwiceCountsOnce() {
    ScoringAccumulator tallies = new ScoringAccumulator();
    ScoringAccumulator later = new ScoringAccumulator();
    tallies.add(tally(4, 0, 10, "0@1"));
    tallies.add(tally(4, 1, 5, "1@2"));
    later.add(tally(4, 0, 10, "1@2")); // the same partition, retried elsewhere
    later.add(tally(7, 0, 3, "1@2")); // a later, partial reading

    tallies.merge(later);

    assertThat(ScoringCounts.of(tallies.value(), List.of("temp", "humid")))
        .isEqualTo(
            new ScoringCounts(
                15,
                2,
                Map.of("humid", 2L),
                Set.of("1@2#1"),
                Set.of("1@2"),
                Set.of("onnxruntime on CPU")));
    assertThat(tallies.copy().value()).hasSize(3);
    assertThat(tallies.copyAndReset().isZero()).isTrue();
  }

  @Test
  void talliesAreZeroWhileSparkIsStillReadingThemFromTheirBytes() {
    ScoringAccumulator tallies = new ScoringAccumulator();
    TestSpark.session().sparkContext().register(tallies);
    SerializerInstance serializer = new JavaSerializer(new SparkConf()).newInstance();
    ClassTag<ScoringAccumulator> tag = ClassTag.apply(ScoringAccumulator.class);
    byte[] bytes = serializer.serialize(tallies, tag).array();

    // a field of another name is left out, as all are at the moment when the heartbeat may look
    String stream = new String(bytes, StandardCharsets.ISO_8859_1).replace("tallies", "notRead");
    ByteBuffer halfRead = ByteBuffer.wrap(stream.getBytes(StandardCharsets.ISO_8859_1));
    ScoringAccumulator read = serializer.deserialize(halfRead, tag);

    assertThat(read.isZero()).isTrue();
  }

  private static TaskTally tally(int stage, int partition, long rows, String executor) {
    return new TaskTally(
        stage,
        partition,
        rows,
        1,
        new long[] {0, 1},
        executor,
        executor + "#1",
        "onnxruntime on CPU");
  }

  @SuppressWarnings("unchecked") // the tag's type is the object's own class
  private static <T> T roundTrip(SerializerInstance serializer, T object) {
    ClassTag<T> tag = (ClassTag<T>) ClassTag.apply(object.getClass());
    return serializer.deserialize(serializer.serialize(object, tag), tag);
  }
}
