package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.definition.ScoringDefinition;
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
  void theFunctionTravelsWithItsPlan() {
    SparkSession spark = TestSpark.session();
    ScoringPlan plan =
        new ScoringPlan(
            List.of("id"),
            List.of(new InputPlan("temp", InputPlan.Kind.FLOAT, 1, List.of("t"), false)),
            "probability",
            64,
            ScoringDefinition.Nulls.REJECT);
    ScoringAccumulator tallies = new ScoringAccumulator();
    spark.sparkContext().register(tallies);
    ScorePartition function =
        new ScorePartition(
            plan,
            JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model),
            tallies);

    ScorePartition arrived = roundTrip(new JavaSerializer(new SparkConf()).newInstance(), function);

    assertThat(arrived).isNotSameAs(function).extracting("plan").isEqualTo(plan);
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
                15, 2, Map.of("humid", 2L), java.util.Set.of("1@2#1"), java.util.Set.of("1@2")));
    assertThat(tallies.copy().value()).hasSize(3);
    assertThat(tallies.copyAndReset().isZero()).isTrue();
  }

  private static TaskTally tally(int stage, int partition, long rows, String executor) {
    return new TaskTally(stage, partition, rows, 1, new long[] {0, 1}, executor, executor + "#1");
  }

  @SuppressWarnings("unchecked") // the tag's type is the object's own class
  private static <T> T roundTrip(SerializerInstance serializer, T object) {
    ClassTag<T> tag = (ClassTag<T>) ClassTag.apply(object.getClass());
    return serializer.deserialize(serializer.serialize(object, tag), tag);
  }
}
