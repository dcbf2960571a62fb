package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lamina.cli.Invocation.lamina;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Safetensors;

/**
 * Models whose layers work along other axes in Keras than here. The files were written by h5py in the layout of Keras 3.15, their
 * numbers computed by formulas in PyTorch in float64 and by TensorFlow.js 4.22; none of them comes from Lamina.
 */
class PortAxesTest {
    @TempDir
    private Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
    }

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(PortAxesTest.class.getResource("axes/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    private Invocation port(String name, String... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "port", "--from", "keras:" + resource(name + ".weights.h5"), "--to", "lamina:" + work.at("net.zip")));
        arguments.addAll(List.of(more));
        return lamina(arguments.toArray());
    }

    @ParameterizedTest
    @CsvSource({
        "conv-layernorm, 'Permute [0, 2, 3, 1]'",
        "embedding-mean, 'Permute [0, 2, 1]'",
        "conv1d-lstm, 'Permute [0, 2, 1]'",
        "maxpool-flatten, the input has the channels after the batch here"
    })
    void computesTheSameOnEveryBackend(String name, String remark) {
        Path recorded = resource(name + ".expected.safetensors");
        Invocation ported = port(name, "--expect", recorded.toString());
        assertThat(ported.exitCode()).as(ported.err()).isZero();
        HostArray expected = Safetensors.read(recorded).tensor("y");
        for (String backend : Workspace.frameworks()) {
            Path result = work.at(backend + ".safetensors");
            Invocation run = lamina(
                    "run",
                    work.at("net.zip").toString(),
                    "--backend",
                    backend,
                    "--input",
                    recorded.toString(),
                    "--output",
                    result.toString());
            assertThat(run.exitCode()).as(run.err()).isZero();
            HostArray y = Safetensors.read(result).tensor("y");
            assertThat(y.type()).isEqualTo(expected.type());
            assertThat(y.toDoubles()).containsExactly(expected.toDoubles(), within(1e-5));
        }
        assertThat(ported.out()).contains(remark).contains("keras");
    }

    @Test
    void whatDiffersFromTheRecordIsNotPorted() {
        Map<String, HostArray> recorded = new LinkedHashMap<>(
                Safetensors.read(resource("conv1d-lstm.expected.safetensors")).tensors());
        recorded.computeIfPresent("y", (output, value) -> HostArray.full(value.type(), 0.1));
        Path file = work.at("recorded.safetensors");
        Safetensors.of(recorded).write(file);
        Invocation ported = port("conv1d-lstm", "--expect", file.toString());
        assertThat(ported.exitCode()).isEqualTo(1);
        assertThat(ported.out()).contains("differs from what was recorded").contains("times the bound");
        assertThat(work.at("net.zip")).doesNotExist();
    }

    /** A cotangent of another shape is none, and NaN agrees with NaN whatever the weights are. */
    @Test
    void recordsThatSayNothingAreRefused() {
        Map<String, HostArray> right =
                Safetensors.read(resource("conv1d-lstm.expected.safetensors")).tensors();
        HostArray y = Objects.requireNonNull(right.get("y"));
        Map<String, HostArray> turned = new LinkedHashMap<>(right);
        turned.put("dy", HostArray.normal(Shape.of(1, 1, 7), 1));
        Map<String, HostArray> nothing = new LinkedHashMap<>(right);
        nothing.put("y", HostArray.full(y.type(), Double.NaN));
        Path file = work.at("recorded.safetensors");
        Safetensors.of(turned).write(file);
        Invocation shapes = port("conv1d-lstm", "--expect", file.toString());
        Safetensors.of(nothing).write(file);
        Invocation numbers = port("conv1d-lstm", "--expect", file.toString());
        assertThat(List.of(shapes.exitCode(), numbers.exitCode())).containsExactly(2, 2);
        assertThat(shapes.err()).contains("cotangent 0 is (1, 1, 7) and the output is " + y.shape());
        assertThat(numbers.err()).contains("y is " + y.type() + " without a finite number");
    }

    @Test
    void nothingThatWasRecordedIsPassedOver() {
        Map<String, HostArray> recorded = new LinkedHashMap<>(
                Safetensors.read(resource("conv1d-lstm.expected.safetensors")).tensors());
        recorded.put("grad.kernel", HostArray.normal(Shape.of(2), 1));
        Path file = work.at("recorded.safetensors");
        Safetensors.of(recorded).write(file);
        Invocation ported = port("conv1d-lstm", "--expect", file.toString());
        assertThat(ported.exitCode()).isEqualTo(2);
        assertThat(ported.err()).contains("the model has nothing called [grad.kernel]");
    }

    @Test
    void channelsThatOnlyTheInputTellsAreAskedFor() {
        Invocation ported = port("maxpool-flatten");
        assertThat(ported.exitCode()).isEqualTo(2);
        assertThat(ported.err()).contains("2: its rows are in another order").contains("Give --input-shape");
        assertThat(work.at("net.zip")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv1d-lstm", "embedding-mean"})
    void withoutAWitnessNoMoreThanConsistencyIsClaimed(String name) {
        Invocation ported = port(name, "--verify");
        assertThat(ported.exitCode()).as(ported.err()).isZero();
        assertThat(ported.out())
                .contains("keras on reference: read back by Lamina, no outside witness")
                .endsWith(
                        "outside witnesses: 0, so only the conversion's own consistency was checked; --expect compares with "
                                + "what the source framework computed\n");
    }
}
