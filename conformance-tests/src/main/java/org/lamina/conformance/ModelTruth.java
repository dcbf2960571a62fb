package org.lamina.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.port.LayerTaps;

/**
 * What a model with given weights must give for generated inputs, layer by layer within the derived tolerance: to compare runs of
 * it in other frameworks. Outputs have the layers' paths as names, gradients of the sum of (output times {@link #cotangent}) are
 * {@code grad.x} and {@code grad.<parameter>}.
 */
public final class ModelTruth {
    private final LayerTaps taps;
    private final Map<String, HostArray> weights;
    private final DType dtype;
    private final List<HostArray> inputs;
    private final TracedLayer traced;
    private final HostArray cotangent;
    private final Map<String, Expected> expected = new LinkedHashMap<>();

    /**
     * Works it out with the oracle.
     *
     * @param inputTypes of floats, drawn from N(0, 1), or integers, which become 0 and 1
     */
    public ModelTruth(
            Layer layer, Map<String, HostArray> weights, DType dtype, List<TensorType> inputTypes, long seed) {
        this.taps = new LayerTaps(layer);
        this.weights = weights;
        this.dtype = dtype;
        Generator generator = Generator.of(seed);
        this.inputs = new ArrayList<>();
        for (TensorType type : inputTypes) {
            Generator own = generator.split(inputs.size());
            inputs.add(HostArray.generate(type, type.dtype().isFloating() ? own::normal : i -> i % 2));
        }
        this.traced = Trace.of(taps, dtype, inputTypes, false);
        this.cotangent = HostArray.generate(last().type(), generator.split("dy")::normal);
        derive(seed);
    }

    private Node last() {
        return traced.outputs().get(traced.outputs().size() - 1);
    }

    private void derive(long seed) {
        List<Node> given = new ArrayList<>(traced.inputs());
        List<HostArray> operands = new ArrayList<>(inputs);
        List<String> names = new ArrayList<>(taps.names());
        List<Node> by = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).dtype().isFloating()) {
                by.add(given.get(i));
                names.add(inputs.size() == 1 ? "grad.x" : "grad.x" + i);
            }
        }
        traced.declared().forEach((path, node) -> {
            given.add(node);
            operands.add(Objects.requireNonNull(weights.get(path), path));
            if (node.type().dtype().isFloating()) {
                by.add(node);
                names.add("grad." + path);
            }
        });
        given.addAll(traced.randoms());
        operands.addAll(traced.draws(inputs, 0, 0));
        Node dy = traced.graph().input("dy", last().type());
        given.add(dy);
        operands.add(cotangent);
        List<Node> results = new ArrayList<>(traced.outputs());
        results.addAll(Differentiation.pullback(traced.graph(), List.of(last()), List.of(dy), by));
        List<Expected> values = Tolerance.derive(Graph.of(given, results), operands, seed);
        for (int i = 0; i < values.size(); i++) {
            expected.put(names.get(i), values.get(i));
        }
    }

    /** The inputs that were generated. */
    public List<HostArray> inputs() {
        return Collections.unmodifiableList(inputs);
    }

    /** What the last output is multiplied by. */
    public HostArray cotangent() {
        return cotangent;
    }

    /** The names of all outputs, then of all gradients. */
    public List<String> names() {
        return List.copyOf(expected.keySet());
    }

    /** How far an output or a gradient is from the truth. */
    public Measurement measure(String name, HostArray got) {
        return Measurement.of(Objects.requireNonNull(expected.get(name), name), got);
    }

    /** What the model gives on a backend with weights that may be others, by name. */
    public Map<String, HostArray> run(Backend backend, Map<String, HostArray> values) {
        List<TensorType> types = inputs.stream().map(HostArray::type).toList();
        try (Model model = backend.model(taps, dtype).initialize(types, values)) {
            List<HostArray> cotangents = new ArrayList<>();
            for (Node output : traced.outputs()) {
                if (output.type().dtype().isFloating()) {
                    cotangents.add(HostArray.full(output.type(), 0));
                }
            }
            cotangents.set(cotangents.size() - 1, cotangent);
            Gradients gradients = model.gradients(inputs, cotangents);
            return named(gradients);
        }
    }

    private Map<String, HostArray> named(Gradients gradients) {
        Map<String, HostArray> named = new LinkedHashMap<>();
        for (int i = 0; i < gradients.outputs().size(); i++) {
            named.put(taps.names().get(i), gradients.outputs().get(i));
        }
        for (int i = 0; i < gradients.inputs().size(); i++) {
            HostArray gradient = gradients.inputs().get(i);
            if (gradient != null) {
                named.put(inputs.size() == 1 ? "grad.x" : "grad.x" + i, gradient);
            }
        }
        gradients.parameters().forEach((path, gradient) -> named.put("grad." + path, gradient));
        named.keySet().retainAll(expected.keySet());
        return named;
    }
}
