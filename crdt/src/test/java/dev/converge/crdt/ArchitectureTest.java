package dev.converge.crdt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * The module is pure: it needs nothing but the JDK, and takes time, chance and ids as arguments.
 */
class ArchitectureTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.converge.crdt");

  @Test
  void nothingButTheJdkIsNeeded() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.converge.crdt.json")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.converge.crdt..", "java..", "org.jspecify..")
        .check(MODULE);
  }

  @Test
  void jsonNeedsJacksonAndNothingNeedsJson() {
    classes()
        .that()
        .resideInAPackage("dev.converge.crdt.json")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.converge.crdt..", "com.fasterxml.jackson..", "java..", "org.jspecify..")
        .check(MODULE);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.converge.crdt.json")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.converge.crdt.json", "com.fasterxml.jackson..")
        .check(MODULE);
  }

  @Test
  void nothingReadsAClockOrMakesIdsOrSleeps() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class, Random.class, ThreadLocalRandom.class)
        .check(MODULE);
  }

  @Test
  void noInputOrOutput() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.net..",
            "java.nio",
            "java.nio.channels..",
            "java.nio.file..",
            "java.util.concurrent..")
        .check(MODULE);
  }

  @Test
  void packagesFormNoCircle() {
    slices().matching("dev.converge.(**)").should().beFreeOfCycles().check(MODULE);
  }

  @Test
  void theTypesRestOnTheCausalCoreAndNotTheOtherWay() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.converge.crdt.causal",
            "dev.converge.crdt.clock",
            "dev.converge.crdt.persistent",
            "dev.converge.crdt.algebra")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.converge.crdt")
        .check(MODULE);
  }
}
