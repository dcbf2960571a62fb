package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lamina.HostArray;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.spi.Engine;

/** One try of a property: a graph with generated inputs, on every backend, against the oracle. */
final class Trial {
    private static final Specification SPECIFICATION = Specification.load();
    private static final long SEED = 1;
    private static final int SHOWN = 5;

    private final List<Engine> engines;
    private final String rule;

    /** @param rule of outputs whose op has no rule of its own in section 3 */
    Trial(List<Engine> engines, String rule) {
        this.engines = engines;
        this.rule = rule;
    }

    /** Ops applied to all inputs must be right to the last bit. */
    void exact(List<HostArray> inputs, List<? extends Op> ops) {
        check(inputs, true, (graph, nodes) -> applied(graph, nodes, ops));
    }

    /** Ops applied to all inputs must be right within the derived tolerance. */
    void derived(List<HostArray> inputs, List<? extends Op> ops) {
        check(inputs, false, (graph, nodes) -> applied(graph, nodes, ops));
    }

    private static List<Node> applied(GraphBuilder graph, List<Node> inputs, List<? extends Op> ops) {
        return ops.stream().map(op -> graph.apply(op, inputs)).toList();
    }

    /**
     * Runs a graph.
     *
     * @param bits true if the outputs must be right to the last bit
     * @throws AssertionError if an output is wrong on any backend
     */
    void check(List<HostArray> inputs, boolean bits, Body body) {
        Graph graph = graph(inputs, body);
        List<Expected> expected = bits ? Tolerance.none(graph, inputs) : Tolerance.derive(graph, inputs, SEED);
        List<Failure> failures = new ArrayList<>();
        for (Engine engine : engines) {
            if (!engine.info().name().equals(OracleProvider.NAME)) {
                compare(engine, graph, inputs, expected, failures);
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.stream()
                    .limit(SHOWN)
                    .map(Failure::toString)
                    .collect(Collectors.joining("\n", failures.size() + " outputs are wrong\n", "\n")));
        }
    }

    private static Graph graph(List<HostArray> inputs, Body body) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> nodes = new ArrayList<>();
        inputs.forEach(input -> nodes.add(builder.input("x" + nodes.size(), input.type())));
        return Graph.of(nodes, body.outputs(builder, nodes));
    }

    private void compare(
            Engine engine, Graph graph, List<HostArray> inputs, List<Expected> expected, List<Failure> failures) {
        List<HostArray> values;
        try {
            values = EngineRun.of(engine, graph, inputs);
        } catch (RuntimeException | LinkageError e) {
            failures.add(failure(engine, graph, 0, "failed: " + e, ""));
            return;
        }
        boolean inner = Divergence.hasInnerNodes(graph);
        for (int i = 0; i < values.size(); i++) {
            int output = i;
            Measurement.of(expected.get(i), values.get(i)).mismatch().ifPresent(mismatch -> {
                String first = inner ? Divergence.describe(engine, graph, inputs, SEED) : "";
                failures.add(failure(engine, graph, output, mismatch.toString(), first));
            });
        }
    }

    private Failure failure(Engine engine, Graph graph, int output, String what, String first) {
        Node node = graph.outputs().get(output);
        String number = SPECIFICATION
                .ofOp(node.op().kind())
                .map(Specification.Rule::number)
                .orElse(rule);
        String given = node.op() + " of " + graph.inputTypes();
        return Failure.of(SPECIFICATION, number, engine.info(), given, "output " + output, what, first, SEED);
    }
}
