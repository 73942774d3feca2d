package org.teenygrad;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Holds the house to its floors: a package imports only what stands below it.
class LayeringTest {
  private static final JavaClasses CORE = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("org.teenygrad");

  /// The words that every floor speaks. They are the user's, and import no floor themselves: also what a floor below throws at the
  /// user, and the facts that it records.
  private static final DescribedPredicate<JavaClass> VOCABULARY = describe(
      "the vocabulary",
      type ->
          belongToAnyOf(
                  DType.class, Shape.class, Device.class, MatmulPrecision.class, OutOfMemoryException.class, Mesh.class, Placement.class, RankFailedException.class, ShardingException.class, Profile.Launch.class,
                  Profile.Making.class)
              .test(type.getBaseComponentType()));

  @Test
  void packagesImportOnlyWhatStandsBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("tensors")
        .definedBy(resideInAnyPackage(
                "org.teenygrad",
                "org.teenygrad.blas..",
                "org.teenygrad.distributions..",
                "org.teenygrad.nn..",
                "org.teenygrad.optim..",
                "org.teenygrad.state..",
                "org.teenygrad.data..",
                "org.teenygrad.distributed..",
                "org.teenygrad.plot..",
                "org.teenygrad.train..")
            .and(not(VOCABULARY)))
        .layer("autodiff")
        .definedBy("org.teenygrad.engine.autodiff..")
        .layer("schedule")
        .definedBy("org.teenygrad.engine.schedule..")
        .layer("codegen")
        .definedBy("org.teenygrad.engine.codegen..")
        .layer("runtime")
        .definedBy("org.teenygrad.engine.runtime..")
        .layer("host")
        .definedBy("org.teenygrad.host..")
        .layer("linalg")
        .definedBy("org.teenygrad.linalg..")
        .layer("ir")
        .definedBy("org.teenygrad.engine.ir..")
        .layer("vocabulary")
        .definedBy(VOCABULARY)
        .whereLayer("schedule")
        .mayOnlyAccessLayers("autodiff", "codegen", "runtime", "ir", "vocabulary")
        .whereLayer("autodiff")
        .mayOnlyAccessLayers("ir", "vocabulary")
        .whereLayer("codegen")
        .mayOnlyAccessLayers("runtime", "ir", "vocabulary")
        .whereLayer("runtime")
        .mayOnlyAccessLayers("ir", "vocabulary")
        .whereLayer("host")
        .mayOnlyAccessLayers("ir", "vocabulary")
        .whereLayer("linalg")
        .mayOnlyAccessLayers("codegen", "runtime", "vocabulary")
        .whereLayer("ir")
        .mayOnlyAccessLayers("vocabulary")
        .whereLayer("vocabulary")
        .mayNotAccessAnyLayer()
        .ensureAllClassesAreContainedInArchitecture()
        .check(CORE);
  }

  /// What they share stands in `runtime` itself, or in `runtime.llvm`.
  @Test
  void devicesDoNotKnowEachOther() {
    slices()
        .matching("org.teenygrad.engine.runtime.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(alwaysTrue(), resideInAPackage("org.teenygrad.engine.runtime.llvm.."))
        .allowEmptyShould(true)
        .check(CORE);
  }
}
