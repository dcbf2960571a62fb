package org.lamina.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.Oracle;
import org.lamina.conformance.oracle.OracleTensor;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Role;
import org.lamina.spi.Engine;

/** What a layer must give in one dtype, worked out once for all backends. */
final class LayerTruth {
    private final LayerCase subject;
    private final DType dtype;
    private final LayerGraph graph;
    private final List<Expected> expected;

    /** Far above what float32 flushes, and its inverse far below what overflows. */
    private static final double LEAST = 0x1p-100;

    private final Map<String, LayerTruth> others = new ConcurrentHashMap<>();
    private @Nullable OptionalInt degree;

    /** @param watch takes the {@link Work} of each node that was evaluated */
    LayerTruth(LayerCase subject, DType dtype, DoubleConsumer watch) {
        this(subject, dtype, new LayerGraph(subject, dtype), Map.of(), watch);
    }

    private LayerTruth(
            LayerCase subject, DType dtype, LayerGraph graph, Map<String, Long> sequential, DoubleConsumer watch) {
        this.subject = subject;
        this.dtype = dtype;
        this.graph = graph;
        this.expected = Tolerance.derive(
                graph.graph(), graph.operands(), subject.seed(), sequential, node -> watch.accept(Work.of(node)));
    }

    /** The same within the bounds of what is known of a backend's kernels, if the layer has any of these. */
    Optional<LayerTruth> withKnownErrors(String backend) {
        Map<String, Long> sequential = KnownErrors.load().sequential(backend, dtype);
        boolean any = graph.graph().nodes().stream()
                .anyMatch(node -> sequential.containsKey(node.op().kind()));
        return any
                ? Optional.of(others.computeIfAbsent(
                        backend, name -> new LayerTruth(subject, dtype, graph, sequential, work -> {})))
                : Optional.empty();
    }

    LayerCase subject() {
        return subject;
    }

    DType dtype() {
        return dtype;
    }

    /** The power of a factor of the inputs that the outputs grow by, if the layer is such a function and nothing in it is flushed. */
    synchronized OptionalInt degree() {
        OptionalInt known = degree;
        if (known == null) {
            known = computedDegree();
            degree = known;
        }
        return known;
    }

    private OptionalInt computedDegree() {
        int count = graph.traced().inputs().size();
        OptionalInt degree = Homogeneity.of(graph.outputs(), count, graph.operands());
        return degree.isPresent() && isOrdinary() ? degree : OptionalInt.empty();
    }

    /** True if all numbers on the way are far from overflow and from what may be flushed. */
    private boolean isOrdinary() {
        List<Node> all = graph.outputs().nodes();
        return Oracle.evaluate(Graph.of(graph.outputs().inputs(), all), graph.operands()).stream()
                .filter(value -> value.type().dtype().isFloating())
                .allMatch(LayerTruth::isOrdinary);
    }

    private static boolean isOrdinary(OracleTensor value) {
        return IntStream.range(0, value.size())
                .mapToDouble(i -> Math.abs(value.doubleAt(i)))
                .allMatch(magnitude -> magnitude == 0 || (magnitude > LEAST && magnitude < 1 / LEAST));
    }

    List<HostArray> inputs() {
        return subject.inputs(dtype);
    }

    List<HostArray> cotangents() {
        return graph.cotangents();
    }

    /** How far outputs are from the truth. */
    LayerErrors outputs(List<HostArray> got) {
        LayerErrors errors = new LayerErrors();
        int count = graph.traced().outputs().size();
        if (got.size() != count) {
            return errors.add("there are " + got.size() + " outputs, expected " + count);
        }
        for (int i = 0; i < count; i++) {
            errors.add(graph.names().get(i), expected.get(i), got.get(i));
        }
        return errors;
    }

    /** How far two results of the same computation are apart. */
    LayerErrors equal(List<HostArray> outputs, List<HostArray> got) {
        LayerErrors errors = new LayerErrors();
        for (int i = 0; i < outputs.size(); i++) {
            errors.add(graph.names().get(i), expected.get(i).around(outputs.get(i)), got.get(i));
        }
        return errors;
    }

    /** How far gradients are from the truth, by states and constants too, added to other errors. */
    LayerErrors gradients(Gradients got, LayerErrors errors) {
        return gradients(got, errors, any -> true);
    }

    /** The same by what is trained alone, as frameworks have no gradient by anything else. */
    LayerErrors trainedGradients(Gradients got, LayerErrors errors) {
        Map<String, Declaration> declarations = graph.traced().declarations();
        return gradients(got, errors, name -> {
            Declaration declaration = declarations.get(name.substring(name.indexOf('.') + 1));
            return declaration == null || declaration.role() == Role.TRAINED;
        });
    }

    private LayerErrors gradients(Gradients got, LayerErrors errors, Predicate<String> which) {
        Map<String, HostArray> byName = new LinkedHashMap<>();
        for (int i = 0; i < got.inputs().size(); i++) {
            HostArray gradient = got.inputs().get(i);
            if (gradient != null) {
                byName.put(got.inputs().size() == 1 ? "grad.x" : "grad.x" + i, gradient);
            }
        }
        got.parameters().forEach((path, gradient) -> byName.put("grad." + path, gradient));
        for (int i = graph.traced().outputs().size(); i < expected.size(); i++) {
            String name = graph.names().get(i);
            HostArray gradient = byName.get(name);
            if (!which.test(name)) {
                continue;
            }
            if (gradient == null) {
                errors.add(name + " is missing");
            } else {
                errors.add(name, expected.get(i), gradient);
            }
        }
        return errors;
    }

    /** The first node that differs on a backend, of the outputs alone or of the gradients too. */
    String firstDifference(Engine engine, boolean gradients) {
        Graph all = gradients ? graph.graph() : graph.outputs();
        return Divergence.describe(engine, all, graph.operands(), subject.seed());
    }
}
