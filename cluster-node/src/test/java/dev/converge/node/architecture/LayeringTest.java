package dev.converge.node.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Shells depend on cores, never the other way; time and chance come in at the doors made for them.
 */
class LayeringTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.converge");

  @Test
  void cores_know_nothing_but_the_jdk_and_each_other() {
    classes()
        .that()
        .resideInAPackage("dev.converge.crdt..")
        .and()
        .resideOutsideOfPackage("dev.converge.crdt.json..") // Jackson's module, for who has it.
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "dev.converge.crdt..")
        .check(ALL);
    classes()
        .that()
        .resideInAPackage("dev.converge.engine..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", "dev.converge.crdt..", "dev.converge.engine..")
        .check(ALL);
  }

  @Test
  void the_actor_shell_knows_nothing_of_the_node() {
    noClasses()
        .that()
        .resideInAPackage("dev.converge.pekko..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.converge.node..", "org.apache.pekko.cluster..")
        .check(ALL);
  }

  @Test
  void decisions_are_taken_without_actors_and_http() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.converge.node.entity..", "dev.converge.node.cluster.topology..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.pekko..", "java.net.http..")
        .check(ALL);
  }

  @Test
  void packages_of_the_node_form_no_circles() {
    slices().matching("dev.converge.node.(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void nothing_sleeps_and_nobody_reads_the_clock_on_the_quiet() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.converge.examples..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .check(ALL);
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.converge.crdt..",
            "dev.converge.engine..",
            "dev.converge.pekko..",
            "dev.converge.node.entity..",
            "dev.converge.node.store..",
            "dev.converge.node.cluster.topology..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .check(ALL);
  }
}
