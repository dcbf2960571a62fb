package org.lamina.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A framework is known to its own adapter only, whichever adapters the profile of this build brings. */
class FrameworkBoundaryTest {
    private static final String DL4J = "org.lamina.dl4j..";
    private static final String DJL = "org.lamina.djl..";
    private static final String TENSORFLOW = "org.lamina.tf..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.lamina");

    @Test
    void onlyItsAdapterSeesDeeplearning4j() {
        onlySeenFrom(List.of(DL4J), "org.deeplearning4j..", "org.nd4j..");
    }

    @Test
    void onlyItsAdapterSeesDjl() {
        onlySeenFrom(List.of(DJL), "ai.djl..");
    }

    @Test
    void onlyItsAdapterSeesTensorFlow() {
        onlySeenFrom(List.of(TENSORFLOW), "org.tensorflow..");
    }

    @Test
    void onlyTheAdaptersThatShareJavaCppSeeIt() {
        onlySeenFrom(List.of(DL4J, TENSORFLOW), "org.bytedeco..");
    }

    @Test
    void noAdapterIsSeenFromOutside() {
        onlySeenFrom(List.of(DL4J), DL4J);
        onlySeenFrom(List.of(DJL), DJL);
        onlySeenFrom(List.of(TENSORFLOW), TENSORFLOW);
    }

    /** The root package is left out: it is the façade, whose {@code Backend} takes a {@code Layer} made of its values. */
    @Test
    void packagesFormNoCycle() {
        SlicesRuleDefinition.slices()
                .matching("org.lamina.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    private static void onlySeenFrom(List<String> viewers, String... framework) {
        noClasses()
                .that()
                .resideOutsideOfPackages(viewers.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(framework)
                .because("only " + viewers + " may see " + Arrays.toString(framework))
                .check(CLASSES);
    }
}
