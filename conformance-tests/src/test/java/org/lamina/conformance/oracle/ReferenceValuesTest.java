package org.lamina.conformance.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.HostArray;
import org.lamina.conformance.Expected;
import org.lamina.conformance.Measurement;
import org.lamina.conformance.Tolerance;
import org.lamina.conformance.oracle.ReferenceValues.Entry;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/** The oracle against NumPy, SciPy, PyTorch and mpmath; provenance beside the files. */
class ReferenceValuesTest {
    static Stream<Entry> functions() {
        return ReferenceValues.read("functions.json").stream();
    }

    static Stream<Entry> numpy() {
        return ReferenceValues.read("numpy.json").stream();
    }

    static Stream<Entry> torch() {
        return ReferenceValues.read("torch.json").stream();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void functionsAreWithinOneUnitInTheLastPlace(Entry entry) {
        OracleTensor values =
                Oracle.evaluate(graph(entry, false), entry.inputs()).get(0);
        double worst = IntStream.range(0, values.size())
                .mapToDouble(i -> Math.abs(values.doubleAt(i) - entry.output().doubleAt(i))
                        / Math.ulp(entry.output().doubleAt(i)))
                .max()
                .orElseThrow();
        assertThat(worst).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource({"numpy", "torch"})
    void valuesAgree(Entry entry) {
        assertThat(wrong(graph(entry, false), entry.inputs(), List.of(entry.output())))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("torch")
    void gradientsAgree(Entry entry) {
        assertThat(wrong(graph(entry, true), entry.inputs(), entry.gradients())).isEmpty();
    }

    private static List<String> wrong(Graph graph, List<HostArray> inputs, List<HostArray> other) {
        List<Expected> expected = Tolerance.derive(graph, inputs, 1);
        return IntStream.range(0, other.size())
                .mapToObj(i -> Measurement.of(expected.get(i), other.get(i)).mismatch())
                .flatMap(Optional::stream)
                .map(Objects::toString)
                .toList();
    }

    private static Graph graph(Entry entry, boolean gradient) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        for (HostArray x : entry.inputs()) {
            inputs.add(builder.input("x" + inputs.size(), x.type()));
        }
        Node y = builder.apply(new ReferenceOps(entry.attributes()).op(entry.op()), inputs);
        return Graph.of(inputs, gradient ? gradients(builder, y, inputs) : List.of(y));
    }

    private static List<Node> gradients(GraphBuilder builder, Node y, List<Node> inputs) {
        Node cotangent = builder.constant(HostArray.generate(y.type(), i -> i + 1));
        List<Node> smooth = inputs.stream()
                .filter(input -> input.type().dtype().isFloating())
                .toList();
        return Differentiation.pullback(builder, List.of(y), List.of(cotangent), smooth);
    }
}
