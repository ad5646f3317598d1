package org.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.millrace.contracts.Verb;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.jobs.Main;
import org.millrace.jobs.PlanMain;

/** The walls of all modules but {@code orchestration}, which has a test of its own. */
@AnalyzeClasses(
    packages = "org.millrace",
    importOptions = {ImportOption.DoNotIncludeTests.class, TestWalls.NoTestJars.class})
final class TestWalls {
  /** Test classes of other modules come in jars of their own. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String PLANNING = "org.millrace.planning..";
  private static final String FEATURES = "org.millrace.features..";
  private static final String REGISTRY = "org.millrace.registry..";
  private static final String JOBS = "org.millrace.jobs..";
  private static final String SPARK = "org.apache.spark..";
  private static final String MLFLOW = "org.mlflow..";
  private static final String ONNX_RUNTIME = "ai.onnxruntime..";
  private static final String ONNX_MESSAGES = "ai.onnx.proto..";

  /** Rooms are these packages alone, not those below them. All pipelines are of one. */
  private static final List<String> ROOMS =
      Arrays.stream(Verb.values())
          .filter(verb -> verb.kind() != Verb.Kind.FILES)
          .map(verb -> verb.kind() == Verb.Kind.PIPELINE ? Verb.RUN : verb)
          .map(verb -> "org.millrace.jobs." + verb.word().replace("-", ""))
          .distinct()
          .toList();

  @ArchTest
  static final ArchRule contractsArePlainData =
      noClasses()
          .that()
          .resideInAPackage("org.millrace.contracts..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              SPARK, MLFLOW, ONNX_RUNTIME, ONNX_MESSAGES, PLANNING, FEATURES, REGISTRY, JOBS);

  @ArchTest
  static final ArchRule planningIsPure =
      noClasses()
          .that()
          .resideInAPackage(PLANNING)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              SPARK,
              MLFLOW,
              ONNX_RUNTIME,
              ONNX_MESSAGES,
              FEATURES,
              REGISTRY,
              JOBS,
              "org.apache.hadoop..",
              "io.delta..",
              "java.io..",
              "java.nio.file..",
              "java.net..");

  @ArchTest
  static final ArchRule featuresKnowNeitherModelsNorJobs =
      noClasses()
          .that()
          .resideInAPackage(FEATURES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MLFLOW, ONNX_RUNTIME, ONNX_MESSAGES, REGISTRY, JOBS);

  @ArchTest
  static final ArchRule theRegistryRunsWithoutSpark =
      noClasses()
          .that()
          .resideInAPackage(REGISTRY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SPARK, ONNX_RUNTIME, FEATURES, JOBS);

  @ArchTest
  static final ArchRule mlflowIsReachedThroughThePortAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.millrace.registry.mlflow..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(MLFLOW);

  @ArchTest
  static final ArchRule nativeMemoryIsHeldInTwoPackagesAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.millrace.jobs.score.onnx..", "org.millrace.jobs.fit")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ONNX_RUNTIME);

  @ArchTest
  static void eachRoomIsAPackage(JavaClasses classes) {
    for (String room : ROOMS) {
      assertThat(classes).as(room).anyMatch(made -> made.getPackageName().equals(room));
    }
  }

  @ArchTest
  static void roomsDoNotCallEachOther(JavaClasses classes) {
    for (String room : ROOMS) {
      if (!room.equals("org.millrace.jobs.run")) {
        String[] others =
            ROOMS.stream().filter(other -> !other.equals(room)).toArray(String[]::new);
        noClasses()
            .that()
            .resideInAPackage(room)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others)
            .because("rooms talk through tables, whose names and columns are in jobs.tables")
            .check(classes);
      }
    }
  }

  @ArchTest
  static final ArchRule packagesDependInOneDirection =
      slices().matching("org.millrace.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheFloorPlanKnowsTheRooms =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOMS.toArray(String[]::new))
          .and()
          .doNotHaveFullyQualifiedName("org.millrace.jobs.Rooms")
          .and()
          .doNotHaveFullyQualifiedName("org.millrace.jobs.LookingJobs") // opens preview and init
          .and()
          .doNotHaveFullyQualifiedName(
              "org.millrace.jobs.JobProgram") // opens the SQL server and the doctor
          .should()
          .dependOnClassesThat(resideInAnyPackage(ROOMS.toArray(String[]::new)));

  @ArchTest
  static final ArchRule onlyMainReadsTheEnvironment =
      noClasses()
          .that(not(belongToAnyOf(Main.class, PlanMain.class)))
          .should()
          .accessTargetWhere(named(System.class, "getenv"));

  @ArchTest
  static final ArchRule onlyMainReadsTheClock =
      noClasses()
          .that(not(belongToAnyOf(Main.class, PlanMain.class)))
          .should()
          .accessTargetWhere(timeOfNow());

  @ArchTest
  static final ArchRule onlyMainWritesToStdout =
      noClasses()
          .that(not(belongToAnyOf(Main.class, PlanMain.class)))
          .should()
          .accessTargetWhere(named(System.class, "out"));

  @ArchTest
  static final ArchRule onlyOneClassMovesAliases =
      noClasses()
          .that()
          .resideInAPackage("org.millrace.jobs..")
          .and()
          .doNotHaveFullyQualifiedName("org.millrace.jobs.model.AliasMoves")
          .should()
          .accessTargetWhere(named(ModelRegistry.class, "moveAlias"));

  private static DescribedPredicate<JavaAccess<?>> named(Class<?> owner, String member) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + member,
        access -> access.getTargetOwner().isEquivalentTo(owner) && access.getName().equals(member));
  }

  /** {@code Instant.now()}, {@code LocalDate.now()}, {@code Clock.systemUTC()} and their like. */
  private static DescribedPredicate<JavaAccess<?>> timeOfNow() {
    return DescribedPredicate.describe(
        "a clock of the system",
        access ->
            (access.getTargetOwner().isEquivalentTo(Clock.class)
                    && access.getName().startsWith("system"))
                || (access.getTargetOwner().getPackageName().startsWith("java.time")
                    && access.getName().equals("now"))
                || named(System.class, "currentTimeMillis").test(access));
  }
}
