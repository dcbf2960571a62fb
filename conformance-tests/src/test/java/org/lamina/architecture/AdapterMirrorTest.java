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
    private static final Set<String> SECOND_LOWERING =
            Set.of("*SameDiffDetours.java", "*SameDiffLayer.java", "*SameDiffLowering.java");

    /** DL4J keeps a layer's configuration, what it does and its weights in classes of their own, and so for a vertex. */
    private static final Set<String> DL4J_NETWORKS = Set.of(
            "*Computation.java",
            "*Description.java",
            "*Form.java",
            "*Function.java",
            "*InputTypes.java",
            "*Layer.java",
            "*LayerImplementation.java",
            "*Parameters.java",
            "*Vertex.java",
            "*VertexImplementation.java",
            "*Weights.java");

    /** A framework's files of models are in a form of its own, and so is what reads and writes them behind its Format. */
    private static final Set<String> DL4J_FILES = Set.of(
            "*Activations.java",
            "*Coefficients.java",
            "*GraphReader.java",
            "*LayerReader.java",
            "*NativeGraph.java",
            "*Piece.java",
            "*Reader.java",
            "*Settings.java",
            "*WithoutLoss.java",
            "*Writer.java");

    private static final Set<String> DJL_FILES =
            Set.of("*Blocks.java", "*Layers.java", "*ParameterFile.java", "*SavedArrays.java");

    /** PyTorch runs a graph as a script of its own, on tensors without DJL's objects around them. */
    private static final Set<String> DJL_SCRIPTS = Set.of(
            "*Script.java",
            "*ScriptArchive.java",
            "*ScriptArray.java",
            "*ScriptBody.java",
            "*ScriptColumns.java",
            "*ScriptConvolution.java",
            "*ScriptConvolutionByInput.java",
            "*ScriptLowering.java",
            "*ScriptPhases.java",
            "*ScriptProduct.java",
            "*ScriptTerm.java",
            "*ScriptText.java",
            "*Tensor.java",
            "*Torch.java");

    /** DJL with MXNet runs a graph as one program of MXNet's, which DJL itself has no way to write. */
    private static final Set<String> DJL_PROGRAMS = Set.of(
            "*Moves.java",
            "*Mxnet.java",
            "*Symbol.java",
            "*SymbolArray.java",
            "*SymbolConvolutions.java",
            "*SymbolDetours.java",
            "*SymbolKernels.java",
            "*SymbolLowering.java",
            "*SymbolProducts.java",
            "*SymbolProgram.java",
            "*SymbolRun.java",
            "*SymbolWriter.java");

    /** ND4J alone takes new memory from the operating system for each array. */
    private static final Set<String> DL4J_MEMORY = Set.of("*Pool.java", "*Ranks.java");

    /** ND4J has no program of a graph's, so the adapter writes down what it did op by op and does it again. */
    private static final Set<String> DL4J_PROGRAMS = Set.of(
            "*Arguments.java",
            "*Executable.java",
            "*Executor.java",
            "*Immediate.java",
            "*Op.java",
            "*Program.java",
            "*Programs.java",
            "*Recorder.java",
            "*Slot.java",
            "*Step.java",
            "*Transform.java");

    /** A layer inside a framework's own models is of that framework's kind. */
    private static final Set<String> DJL_CITIZEN = Set.of(
            "*Block.java", "*Derivatives.java", "*Form.java", "*Parameters.java", "*Recording.java", "*Tape.java");

    private static final Set<String> TF_FILES = Set.of(
            "*Checkpoint.java", "*CheckpointKeys.java", "*CheckpointTable.java", "*SavedModel.java", "*Variables.java");

    /** TensorFlow compiles a graph for a session, which runs it on tensors of its C interface; models inside it have Java's. */
    private static final Set<String> TF_SESSIONS =
            Set.of("*Compilation.java", "*Session.java", "*Tensor.java", "*Tensors.java");

    /** TensorFlow convolves pictures with their channels last, and booleans are slow there. */
    private static final Set<String> TF_OPS = Set.of(
            "*ChannelsLast.java",
            "*Convolution.java",
            "*Product.java",
            "*Rectifier.java",
            "*Power.java",
            "*Logarithm.java");

    /** A layer in a graph of TensorFlow's, and the derivative that it brings. */
    private static final Set<String> TF_CITIZEN = Set.of("*GraphDerivative.java", "*GraphLayer.java");

    @Test
    void adaptersHaveTheSameFiles() {
        SortedSet<String> tensorflow = sources.filesWithoutPrefix("adapter-tf", "tf", "Tf");
        assertThat(tensorflow).containsAll(TF_FILES);
        tensorflow.removeAll(TF_FILES);
        assertThat(tensorflow).containsAll(TF_SESSIONS);
        tensorflow.removeAll(TF_SESSIONS);
        assertThat(tensorflow).containsAll(TF_OPS);
        tensorflow.removeAll(TF_OPS);
        assertThat(tensorflow).containsAll(TF_CITIZEN);
        tensorflow.removeAll(TF_CITIZEN);

        SortedSet<String> dl4j = sources.filesWithoutPrefix("adapter-dl4j", "dl4j", "Dl4j");
        assertThat(dl4j).containsAll(SECOND_LOWERING);
        dl4j.removeAll(SECOND_LOWERING);
        assertThat(dl4j).containsAll(DL4J_NETWORKS);
        dl4j.removeAll(DL4J_NETWORKS);
        assertThat(dl4j).containsAll(DL4J_FILES);
        dl4j.removeAll(DL4J_FILES);
        assertThat(dl4j).containsAll(DL4J_MEMORY);
        dl4j.removeAll(DL4J_MEMORY);
        assertThat(dl4j).containsAll(DL4J_PROGRAMS);
        dl4j.removeAll(DL4J_PROGRAMS);
        assertThat(dl4j).as("files of adapter-dl4j, compared with adapter-tf").isEqualTo(tensorflow);

        SortedSet<String> djl = sources.filesWithoutPrefix("adapter-djl", "djl", "Djl");
        assertThat(djl).containsAll(DJL_FILES);
        djl.removeAll(DJL_FILES);
        assertThat(djl).containsAll(DJL_SCRIPTS);
        djl.removeAll(DJL_SCRIPTS);
        assertThat(djl).containsAll(DJL_PROGRAMS);
        djl.removeAll(DJL_PROGRAMS);
        assertThat(djl).containsAll(DJL_CITIZEN);
        djl.removeAll(DJL_CITIZEN);
        assertThat(djl).as("files of adapter-djl, compared with adapter-tf").isEqualTo(tensorflow);
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
