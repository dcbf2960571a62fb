package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.HostArray;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.conformance.cases.DerivativeCase;
import org.lamina.conformance.cases.DerivativeCases;
import org.lamina.conformance.cases.PrimitiveCases;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.conformance.report.Check;
import org.lamina.conformance.report.Section;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/** The derivative of every primitive and the derivative of that against finite differences, on the oracle. */
class DerivativeTest {
    /** What has none, or passes it through; tested by value in {@link DerivativeRulesTest}. */
    static final Set<String> NOT_SMOOTH = Set.of(
            "and",
            "argmax",
            "cast",
            "constant",
            "count",
            "equal",
            "input",
            "less",
            "less_equal",
            "not",
            "or",
            "stop_gradient");

    static Stream<DerivativeCase> cases() {
        return DerivativeCases.all().stream();
    }

    @Test
    @Rule("5.1")
    void everyPrimitiveIsDifferentiated() {
        Set<String> ops =
                PrimitiveCases.all().stream().map(PrimitiveCase::op).collect(Collectors.toCollection(TreeSet::new));
        ops.removeAll(NOT_SMOOTH);
        Set<String> differentiated = cases().map(DerivativeCase::op).collect(Collectors.toCollection(TreeSet::new));
        assertThat(differentiated)
                .as("ops with cases in DerivativeCases; a new one needs them, or a reason in NOT_SMOOTH")
                .isEqualTo(ops);
    }

    static Stream<DerivativeCase> composites() {
        return CompositeFunctions.derivatives().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Rule("5.1")
    void agreesWithFiniteDifferences(DerivativeCase derivative) {
        check(Section.PRIMITIVES, derivative);
    }

    @ParameterizedTest
    @MethodSource("composites")
    @Rule("5.1")
    void compositesAgreeToo(DerivativeCase derivative) {
        check(Section.COMPOSITES, derivative);
    }

    private static void check(Section section, DerivativeCase derivative) {
        List<String> first = compare(derivative, derivative::scalar);
        List<String> second = compare(derivative, derivative::slope);
        String wrong = Stream.concat(first.stream(), second.stream()).collect(Collectors.joining("; "));
        ThisRun.COLLECTOR.add(Check.slope(section, derivative.op(), OracleProvider.NAME, derivative.name(), wrong));
        assertThat(Stream.of(failure(derivative, "first", first), failure(derivative, "second", second))
                        .flatMap(Optional::stream))
                .isEmpty();
    }

    private static Optional<Failure> failure(DerivativeCase derivative, String order, List<String> wrong) {
        return wrong.isEmpty()
                ? Optional.empty()
                : Optional.of(Failure.of(
                        Specification.load(),
                        "5.1",
                        OracleProvider.INFO,
                        derivative.op() + ", " + derivative.name(),
                        order + " derivative",
                        String.join("; ", wrong),
                        "",
                        0));
    }

    private interface Scalar {
        Node of(GraphBuilder graph, List<Node> inputs);
    }

    private static List<String> compare(DerivativeCase derivative, Scalar function) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> inputs = new ArrayList<>();
        for (HostArray x : derivative.point()) {
            inputs.add(builder.input("x" + inputs.size(), x.type()));
        }
        Node scalar = function.of(builder, inputs);
        Graph gradient = Graph.of(inputs, DerivativeCase.gradient(builder, scalar, inputs));
        return FiniteDifferences.compare(Graph.of(inputs, List.of(scalar)), gradient, derivative.point());
    }
}
