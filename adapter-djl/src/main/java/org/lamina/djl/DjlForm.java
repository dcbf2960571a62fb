package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Gather;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.graph.ScatterAdd;
import org.lamina.layer.TracedLayer;

/** A block's layer, traced for inputs of some types, in training or not. */
final class DjlForm implements AutoCloseable {
    private final TracedLayer traced;
    /** What is replaced: nothing in a prediction. */
    private final Map<String, Node> states;

    private final DjlTape tape;
    private final boolean mxnet;
    private final boolean takesIndices;

    /** @param owner what constants belong to */
    DjlForm(TracedLayer traced, boolean mxnet, boolean training, @Nullable NDManager owner) {
        this.states = training ? traced.states() : Map.of();
        List<Node> inputs = new ArrayList<>(traced.inputs());
        inputs.addAll(traced.declared().values());
        inputs.addAll(traced.randoms());
        List<Node> outputs = new ArrayList<>(traced.outputs());
        outputs.addAll(states.values());
        Graph graph = Graph.of(inputs, outputs);
        this.traced = traced;
        this.mxnet = mxnet;
        this.tape = new DjlTape(traced.graph(), graph, mxnet, owner);
        this.takesIndices = graph.nodes().stream()
                .filter(node -> node.op() instanceof Gather || node.op() instanceof ScatterAdd)
                .anyMatch(node -> traced.inputs().contains(node.operand(1)));
    }

    /** The paths of what the layer declared. */
    Set<String> paths() {
        return traced.declared().keySet();
    }

    /**
     * The outputs; states are replaced in the arrays given.
     *
     * @param values by path
     * @param seed of random draws
     * @param step of random draws
     */
    NDList run(NDList inputs, Map<String, NDArray> values, long seed, long step) {
        NDManager manager = inputs.head().getManager();
        long batch = tape.graph().batch(inputs, DjlArray::type);
        if (takesIndices) {
            tape.graph().checkIndices(inputs.stream().map(DjlForm::indices).toList());
        }
        List<NDArray> kept;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<NDArray> given = new ArrayList<>(inputs);
            paths().forEach(path -> given.add(value(path, values)));
            traced.draws(batch, seed, step).forEach(draw -> given.add(DjlArray.upload(manager, draw)));
            List<NDArray> results = tape.run(manager, batch, given);
            int outputs = traced.outputs().size();
            keep(values, results.subList(outputs, results.size()), manager);
            kept = results.subList(0, outputs);
            kept.forEach(NDScope::unregister);
        }
        kept.forEach(NDScope::register);
        return new NDList(kept);
    }

    /** A state that is replaced is copied first, as what was recorded may still need its value. */
    private NDArray value(String path, Map<String, NDArray> values) {
        NDArray value = Objects.requireNonNull(values.get(path));
        return states.containsKey(path) ? value.duplicate() : value;
    }

    private static HostArray indices(NDArray input) {
        TensorType type = DjlArray.type(input);
        return type.dtype().isFloating() ? HostArray.full(type.with(Shape.of(0)), 0) : DjlArray.host(input);
    }

    private void keep(Map<String, NDArray> values, List<NDArray> next, NDManager manager) {
        DjlRecording recording = new DjlRecording(manager, mxnet);
        int i = 0;
        for (String path : states.keySet()) {
            try (NDArray state = next.get(i++)) {
                recording.write(state, Objects.requireNonNull(values.get(path)));
            }
        }
    }

    @Override
    public void close() {
        tape.close();
    }
}
