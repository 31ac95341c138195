package dev.converge.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The engine is pure and in layers; the build keeps it so. */
class ArchitectureTest {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.converge.engine");

  @Test
  void theEngineDependsOnTheJdkAndTheClocksAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java.lang..",
                "java.util..",
                "java.nio",
                "java.nio.charset",
                "java.security",
                "org.jspecify.annotations",
                "dev.converge.crdt..",
                "dev.converge.engine.."))
        .check(ENGINE);
  }

  @Test
  void nothingHasAClockRandomnessOrAThreadOfItsOwn() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.converge.engine.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.concurrent..", "java.time..", "java.util.random", "java.io..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, ThreadLocal.class, java.util.Random.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .check(ENGINE);
  }

  @Test
  void nothingInTheEngineUsesWhatIsForTests() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.converge.engine.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.converge.engine.testkit..")
        .check(ENGINE);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.converge.engine.(*)..").should().beFreeOfCycles().check(ENGINE);
  }
}
