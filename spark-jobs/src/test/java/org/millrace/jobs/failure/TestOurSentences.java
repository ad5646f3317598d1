package org.millrace.jobs.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.NotSerializableException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

/** Whatever lies between: a sentence of ours reaches the user with its category. */
class TestOurSentences {
  private static final SparkSession SPARK = TestSpark.session();

  /** What lies between the sentence and whoever reads it. */
  private enum Between {
    A_FUNCTION_OF_SQL {
      @Override
      void raise(ErrorCategory category, String sentence) {
        UDF1<Long, Long> fail =
            value -> {
              throw new MillraceException(category, sentence);
            };
        SPARK
            .range(4)
            .select(functions.udf(fail, DataTypes.LongType).apply(functions.col("id")))
            .collectAsList();
      }
    },
    A_TASK {
      @Override
      void raise(ErrorCategory category, String sentence) {
        MapPartitionsFunction<Long, Long> fail =
            rows -> {
              throw new MillraceException(category, sentence);
            };
        SPARK.range(0, 4, 1, 2).mapPartitions(fail, Encoders.LONG()).collectAsList();
      }
    },
    A_TASK_WHOSE_CAUSE_CANNOT_TRAVEL {
      @Override
      void raise(ErrorCategory category, String sentence) {
        ForeachPartitionFunction<Long> fail =
            rows -> {
              throw new Untravelled(new MillraceException(category, sentence));
            };
        SPARK.range(4).foreachPartition(fail);
      }
    },
    A_WRITER {
      @Override
      void raise(ErrorCategory category, String sentence) {
        UDF1<Long, Long> fail =
            value -> {
              throw new MillraceException(category, sentence);
            };
        SPARK
            .range(4)
            .select(functions.udf(fail, DataTypes.LongType).apply(functions.col("id")).as("x"))
            .write()
            .format("noop")
            .mode("overwrite")
            .save();
      }
    },
    THE_ANALYSER {
      @Override
      void raise(ErrorCategory category, String sentence) {
        SPARK.conf().set("spark.sql.catalog.telling", TellingCatalog.class.getName());
        SPARK.sql("SELECT * FROM telling.%s.`%s`".formatted(category, sentence)).collectAsList();
      }
    },
    THE_OPTIMIZER {
      @Override
      void raise(ErrorCategory category, String sentence) {
        UDF1<Long, Long> fail =
            value -> {
              throw new MillraceException(category, sentence);
            };
        SPARK
            .createDataset(List.of(1L), Encoders.LONG()) // rows that a query has are computed early
            .filter(functions.udf(fail, DataTypes.LongType).apply(functions.col("value")).gt(0))
            .queryExecution()
            .optimizedPlan();
      }
    },
    ANOTHER_THREAD {
      @Override
      void raise(ErrorCategory category, String sentence) throws Exception {
        throw new ExecutionException(
            new IllegalStateException("wrapped", new MillraceException(category, sentence)));
      }
    };

    abstract void raise(ErrorCategory category, String sentence) throws Exception;
  }

  /** Holds what Java cannot serialise. */
  private static final class Untravelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "UnusedVariable"}) // what is tested: it cannot be serialised
    private final Thread thread = Thread.currentThread();

    Untravelled(Throwable cause) {
      super("an executor's", cause);
    }

    private void writeObject(java.io.ObjectOutputStream out) throws NotSerializableException {
      throw new NotSerializableException("a thread");
    }
  }

  static Stream<Arguments> causes() {
    return Stream.of(ErrorCategory.values())
        .filter(category -> category != ErrorCategory.INTERNAL)
        .flatMap(
            category ->
                Stream.of(Between.values())
                    .flatMap(
                        between ->
                            List.of("one line; do this", "of\n  two lines: 'x', \"y\"").stream()
                                .map(rest -> Arguments.of(category, between, rest))));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void reachTheUser(ErrorCategory category, Between between, String rest) {
    String sentence = "Cannot do this: " + rest;
    Throwable thrown = catchThrowable(() -> between.raise(category, sentence));

    Ending ending = Endings.of(thrown);
    assertThat(ending.category()).isEqualTo(category);
    assertThat(ending.sentence()).isEqualTo(sentence);
  }
}
