package org.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.orchestration.Millrace;

/** The walls of the command: it starts without Spark, and reads its surroundings in one place. */
@AnalyzeClasses(
    packages = "org.millrace.orchestration",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class TestOrchestrationWalls {
  @ArchTest
  static final ArchRule theCommandKnowsNoJobs =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark..",
              "org.apache.hadoop..",
              "org.apache.hive..",
              "org.millrace.features..",
              "org.millrace.jobs..");

  @ArchTest
  static final ArchRule onlyTheCommandReadsItsSurroundings =
      noClasses()
          .that(not(belongToAnyOf(Millrace.class)))
          .should()
          .accessTargetWhere(surroundings());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.apache.spark.sql.SparkSession",
        "org.apache.hadoop.conf.Configuration",
        "org.apache.hive.jdbc.HiveDriver"
      })
  void classIsNotOnTheClassPath(String name) {
    assertThatThrownBy(() -> Class.forName(name))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessageContaining(name);
  }

  /** The environment, the clock of the system, stdout: each is handed in. */
  private static DescribedPredicate<JavaAccess<?>> surroundings() {
    return DescribedPredicate.describe(
        "System.getenv, System.out, or a clock of the system",
        access ->
            (access.getTargetOwner().isEquivalentTo(System.class)
                    && (access.getName().equals("getenv")
                        || access.getName().equals("out")
                        || access.getName().equals("currentTimeMillis")))
                || (access.getTargetOwner().isEquivalentTo(Clock.class)
                    && access.getName().startsWith("system"))
                || (access.getTargetOwner().getPackageName().startsWith("java.time")
                    && access.getName().equals("now")));
  }
}
