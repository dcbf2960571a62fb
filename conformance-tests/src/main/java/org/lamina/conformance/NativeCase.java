package org.lamina.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.graph.Composite;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * A graph that a framework is to differentiate by its own means, and Lamina's derivative of it.
 *
 * @param rule the number of the rule in SPEC.md that its derivative follows
 * @param subject the primitive, composite or layer
 * @param name what is special about this case
 * @param dtype what it works on
 * @param graph the function, its outputs floating
 * @param gradient its derivatives by some inputs, from the inputs and one cotangent for each output
 * @param inputs what the function is called with
 * @param cotangents what its outputs are multiplied by
 * @param by the positions of the inputs that there are derivatives by
 */
public record NativeCase(
        String rule,
        String subject,
        String name,
        DType dtype,
        Graph graph,
        Graph gradient,
        List<HostArray> inputs,
        List<HostArray> cotangents,
        List<Integer> by) {
    /**
     * A case around a function of floating inputs.
     *
     * @param body makes outputs, of which those that are not floating are left out
     */
    public static NativeCase of(
            String rule, String subject, String name, PrimitiveCase.Body body, List<HostArray> inputs) {
        GraphBuilder builder = new GraphBuilder();
        List<Node> given = new ArrayList<>();
        List<Integer> by = new ArrayList<>();
        for (HostArray input : inputs) {
            by.add(given.size());
            given.add(builder.input("x" + given.size(), input.type()));
        }
        List<Node> outputs = body.outputs(builder, given).stream()
                .filter(output -> output.type().dtype().isFloating())
                .toList();
        List<HostArray> cotangents = new ArrayList<>();
        for (Node output : outputs) {
            Generator generator = Generator.of(1).split(cotangents.size());
            cotangents.add(HostArray.generate(output.type(), i -> 0.5 + generator.uniform(i)));
        }
        Graph gradient = pullback(builder, given, outputs, by);
        DType dtype = inputs.get(0).dtype();
        return new NativeCase(rule, subject, name, dtype, Graph.of(given, outputs), gradient, inputs, cotangents, by);
    }

    /**
     * What the derivatives must be. Frameworks do not see the derivatives that authors give: the rounding error they may have is
     * also that of the derivative of what was lowered.
     */
    List<Expected> expected() {
        List<HostArray> operands = new ArrayList<>(inputs);
        operands.addAll(cotangents);
        List<Expected> own = Tolerance.derive(gradient, operands, seed());
        if (graph.nodes().stream().noneMatch(node -> node.op() instanceof Composite)) {
            return own;
        }
        List<Expected> lowered = Tolerance.derive(loweredGradient(), operands, seed());
        return IntStream.range(0, own.size())
                .mapToObj(i -> own.get(i).orWithin(lowered.get(i)))
                .toList();
    }

    /** Of the random rounding that bounds are derived with. */
    long seed() {
        return toString().hashCode();
    }

    private Graph loweredGradient() {
        GraphBuilder builder = new GraphBuilder();
        Map<Node, Node> copies = new HashMap<>();
        for (int i = 0; i < graph.inputs().size(); i++) {
            copies.put(
                    graph.inputs().get(i), builder.input("x" + i, inputs.get(i).type()));
        }
        for (Node node : graph.nodes()) {
            List<Node> operands = node.operands().stream()
                    .map(operand -> Objects.requireNonNull(copies.get(operand)))
                    .toList();
            copies.computeIfAbsent(
                    node,
                    missing -> node.op() instanceof Composite ? operands.get(0) : builder.apply(node.op(), operands));
        }
        List<Node> given = graph.inputs().stream().map(copies::get).toList();
        return pullback(
                builder, given, graph.outputs().stream().map(copies::get).toList(), by);
    }

    /** The graph of derivatives from the inputs and cotangents. */
    private static Graph pullback(GraphBuilder builder, List<Node> given, List<Node> outputs, List<Integer> by) {
        List<Node> all = new ArrayList<>(given);
        for (Node output : outputs) {
            all.add(builder.input("dy" + all.size(), output.type()));
        }
        List<Node> weights = all.subList(given.size(), all.size());
        return Graph.of(
                all,
                Differentiation.pullback(
                        builder, outputs, weights, by.stream().map(given::get).toList()));
    }

    @Override
    public String toString() {
        return subject + " " + dtype + ", " + name;
    }
}
