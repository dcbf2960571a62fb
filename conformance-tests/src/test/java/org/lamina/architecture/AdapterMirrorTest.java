package org.lamina.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who knows one adapter knows all three: the same files, but for the prefix of their names. */
class AdapterMirrorTest {
    private final SourceTree sources = SourceTree.ofThisProject();

    /** DL4J has two kinds of tensor: INDArray, which computes, and SDVariable, of which users build graphs. */
    private static final Set<String> SECOND_LOWERING = Set.of("*SameDiffDetours.java", "*SameDiffLowering.java");

    /** Its files of models hold layers and weights in forms of their own, where other frameworks' hold weights alone. */
    private static final Set<String> NETWORKS = Set.of(
            "*Activations.java",
            "*Coefficients.java",
            "*Format.java",
            "*NativeModel.java",
            "*Reader.java",
            "*Settings.java",
            "*Writer.java");

    @Test
    void adaptersHaveTheSameFiles() {
        SortedSet<String> tensorflow = sources.filesWithoutPrefix("adapter-tf", "tf", "Tf");

        SortedSet<String> dl4j = sources.filesWithoutPrefix("adapter-dl4j", "dl4j", "Dl4j");
        assertThat(dl4j).containsAll(SECOND_LOWERING);
        dl4j.removeAll(SECOND_LOWERING);
        assertThat(dl4j).containsAll(NETWORKS);
        dl4j.removeAll(NETWORKS);
        assertThat(dl4j).as("files of adapter-dl4j, compared with adapter-tf").isEqualTo(tensorflow);
        assertThat(sources.filesWithoutPrefix("adapter-djl", "djl", "Djl"))
                .as("files of adapter-djl, compared with adapter-tf")
                .isEqualTo(tensorflow);
    }

    @Test
    void aFileWithoutThePrefixShows(@TempDir Path home) throws IOException {
        Path folder = Files.createDirectories(home.resolve("adapter-tf/src/main/java/org/lamina/tf/inner"));
        Files.createFile(folder.resolve("TfBackend.java"));
        Files.createFile(folder.resolve("Kernel.java"));

        assertThat(new SourceTree(home).filesWithoutPrefix("adapter-tf", "tf", "Tf"))
                .map(file -> file.replace('\\', '/'))
                .containsExactly("inner/*Backend.java", "inner/Kernel.java (no Tf)");
    }
}
