package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Bundle;

/**
 * What a user converts of a network that Lamina does not know is checked as all else is. prelu.zip was written by Deeplearning4j
 * 1.0.0-M2.1: DenseLayer of 5 units, PReLULayer with the slopes 0.1 to 0.5, OutputLayer of 3 classes, for rows of 4.
 */
class NativeLayerConverterTest {
    private static final Path NETWORK =
            Path.of("src", "test", "resources", "org", "lamina", "cli", "dl4j", "prelu.zip");

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsDeeplearning4j() {
        assumeTrue(Backend.available().contains("dl4j"), "the profile leaves this framework out");
    }

    @AfterEach
    void correct() {
        Prelu.Converter.mistaken = false;
    }

    private Invocation port() {
        return lamina("port", "--from", "dl4j:" + NETWORK, "--to", "lamina:" + folder.resolve("net.zip"), "--verify");
    }

    @Test
    void aLayerOfAUsersConverterGivesTheFrameworksOutputsAndGradients() {
        Invocation result = port();
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).as(result.out()).isZero();
        assertThat(result.out())
                .contains("dl4j in DL4J")
                .containsPattern("1 Prelu +grad\\.1\\.slope +0\\.\\d")
                .contains("source and target agree");
        assertThat(Bundle.read(folder.resolve("net.zip")).weights().tensor("1.slope"))
                .isEqualTo(HostArray.of(Shape.of(5), .1f, .2f, .3f, .4f, .5f));
    }

    @Test
    void aMistakenConverterIsFoundInItsLayer() {
        Prelu.Converter.mistaken = true;
        Invocation result = port();
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).contains("source and target differ, first in 1 Prelu, output, dl4j in DL4J");
    }
}
