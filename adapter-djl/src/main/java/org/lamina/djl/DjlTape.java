package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.graph.Constant;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Linearization;
import org.lamina.graph.Node;

/**
 * A graph over arrays of DJL's user, recorded by whatever gradient collector is open. DJL has no way to give an op a derivative.
 * So an op that it differentiates otherwise than Lamina is hidden from it: it records the op's derivative, which is linear and
 * which it transposes right, and the op's value is then written over the value of that, in memory, where nothing is recorded.
 */
final class DjlTape implements AutoCloseable {
    private final Graph graph;
    private final boolean mxnet;
    private final Map<Node, Linearization> derivatives;
    private final Map<Node, List<Node>> released = new HashMap<>();
    private final Map<Node, NDArray> constants = new HashMap<>();

    /**
     * A tape of a graph.
     *
     * @param builder of the graph; nodes are added to it
     * @param owner what constants belong to from now on; without one they are made at each run
     */
    DjlTape(GraphBuilder builder, Graph graph, boolean mxnet, @Nullable NDManager owner) {
        this.graph = graph;
        this.mxnet = mxnet;
        this.derivatives = DjlDerivatives.of(builder, graph, mxnet);
        findReleases();
        if (owner != null) {
            keepConstants(owner);
        }
    }

    private void findReleases() {
        Map<Node, Node> last = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.operands().forEach(operand -> last.put(operand, node));
        }
        graph.inputs().forEach(last::remove);
        graph.outputs().forEach(last::remove);
        last.forEach((operand, user) ->
                released.computeIfAbsent(user, key -> new ArrayList<>()).add(operand));
    }

    private void keepConstants(NDManager owner) {
        List<Node> all = new ArrayList<>(graph.nodes());
        derivatives.values().forEach(derivative -> all.addAll(derivative.nodes()));
        for (Node node : all) {
            if (node.op() instanceof Constant constant && !constants.containsKey(node)) {
                NDArray value = DjlArray.upload(owner, constant.value());
                NDScope.unregister(value);
                constants.put(node, value);
            }
        }
    }

    Graph graph() {
        return graph;
    }

    /**
     * Runs the graph. What is made on the way is freed; a collector keeps of it what it needs.
     *
     * @param manager what the outputs belong to
     * @param batch what open sizes stand for
     * @param given one array for each input
     */
    List<NDArray> run(NDManager manager, long batch, List<NDArray> given) {
        List<NDArray> outputs = new ArrayList<>();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Values values = new Values(manager, batch);
            for (int i = 0; i < given.size(); i++) {
                values.put(graph.inputs().get(i), given.get(i));
            }
            for (Node node : graph.nodes()) {
                values.compute(node);
                released.getOrDefault(node, List.of()).forEach(values::release);
            }
            graph.outputs().forEach(output -> outputs.add(values.output(output, outputs)));
            outputs.forEach(NDScope::unregister);
        }
        outputs.forEach(NDScope::register);
        outputs.forEach(output -> output.attach(manager));
        return outputs;
    }

    @Override
    public void close() {
        constants.values().forEach(NDArray::close);
    }

    /** The arrays of one run. */
    private final class Values {
        private final DjlLowering lowering;
        private final DjlRecording recording;
        private final long batch;
        private final Map<Node, NDArray> values = new HashMap<>();

        Values(NDManager manager, long batch) {
            this.lowering = new DjlLowering(manager, mxnet);
            this.recording = new DjlRecording(manager, mxnet);
            this.batch = batch;
        }

        private Values(Values outer) {
            this.lowering = outer.lowering;
            this.recording = outer.recording;
            this.batch = outer.batch;
        }

        void put(Node node, NDArray value) {
            values.put(node, value);
        }

        private NDArray get(Node node) {
            NDArray constant = constants.get(node);
            return constant != null ? constant : Objects.requireNonNull(values.get(node));
        }

        void release(Node node) {
            if (!constants.containsKey(node)) {
                get(node).close();
            }
        }

        /** An array of its own for each output. */
        NDArray output(Node node, List<NDArray> before) {
            NDArray value = get(node);
            boolean given = graph.inputs().contains(node) || constants.containsKey(node);
            return given || before.contains(value) ? value.duplicate() : value;
        }

        void compute(Node node) {
            if (values.containsKey(node) || constants.containsKey(node)) {
                return;
            }
            List<NDArray> operands = node.operands().stream().map(this::get).toList();
            Linearization derivative = derivatives.get(node);
            NDArray value = derivative == null ? lower(node, operands) : withDerivative(node, operands, derivative);
            // An op may give back its operand, which is freed at another time.
            boolean isOperand = operands.stream().anyMatch(operand -> operand == value);
            put(node, isOperand ? value.reshape(value.getShape()) : value);
        }

        private NDArray lower(Node node, List<NDArray> operands) {
            TensorType type = node.type().bind(batch);
            NDArray recorded = recording.lower(lowering, node.op(), type, operands);
            return recorded != null ? recorded : node.op().lower(lowering, type, operands);
        }

        private NDArray withDerivative(Node node, List<NDArray> operands, Linearization derivative) {
            List<NDArray> still = operands.stream().map(NDArray::stopGradient).toList();
            NDArray value = node.op().lower(lowering, node.type().bind(batch), still);
            Values inner = new Values(this);
            for (int i = 0; i < operands.size(); i++) {
                inner.put(node.operand(i), still.get(i));
            }
            inner.put(node, value);
            for (int i = 0; i < operands.size(); i++) {
                Node tangent = derivative.tangents().get(i);
                if (tangent != null) {
                    // The value does not matter, as it is written over: the operand's own is as good as any.
                    inner.put(tangent, operands.get(i));
                }
            }
            derivative.nodes().forEach(inner::compute);
            return recording.carry(inner.get(derivative.result()), value);
        }
    }
}
