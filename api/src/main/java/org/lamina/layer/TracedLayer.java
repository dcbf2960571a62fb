package org.lamina.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;

/**
 * A layer's forward as a graph.
 *
 * @param graph where more nodes can be made, such as derivatives
 * @param inputs the layer's inputs
 * @param outputs its outputs
 * @param declarations what it declared, by path, in order
 * @param declared the node of each declaration, by path
 * @param aliases other paths of shared declarations, with the path they are declared under
 * @param states the new value of each state that was replaced, by path
 * @param randoms uniform draws to be given, in order
 */
public record TracedLayer(
        GraphBuilder graph,
        List<Node> inputs,
        List<Node> outputs,
        Map<String, Declaration> declarations,
        Map<String, Node> declared,
        Map<String, String> aliases,
        Map<String, Node> states,
        List<Node> randoms) {
    /** @throws org.lamina.LaminaException ARGUMENT if one of them is null */
    public TracedLayer {
        Arguments.require(graph, "TracedLayer", "graph");
        Arguments.requireAll(inputs, "TracedLayer", "inputs");
        Arguments.requireAll(outputs, "TracedLayer", "outputs");
        Arguments.requireAll(declarations, "TracedLayer", "declarations");
        Arguments.requireAll(declared, "TracedLayer", "declared");
        Arguments.requireAll(aliases, "TracedLayer", "aliases");
        Arguments.requireAll(states, "TracedLayer", "states");
        Arguments.requireAll(randoms, "TracedLayer", "randoms");
    }

    /** The number that open sizes stand for when these inputs are given, {@link Shape#BATCH} if none is open. */
    public long batch(List<HostArray> given) {
        Arguments.requireAll(given, "TracedLayer.batch", "given");
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).type().shape().isOpen()) {
                return given.get(i).shape().extent(0);
            }
        }
        return Shape.BATCH;
    }

    /**
     * The uniform draws of one call: those of {@link #randoms} number i by the generator {@code
     * Generator.of(seed).split("random").split(step).split(i)}.
     *
     * @param given the inputs, whose batch size the draws may have
     * @param step counted from 1; 0 for a prediction
     */
    public List<HostArray> draws(List<HostArray> given, long seed, long step) {
        Arguments.requireAll(given, "TracedLayer.draws", "given");
        return draws(batch(given), seed, step);
    }

    /** The uniform draws of one call with a batch of some size; see {@link #draws(List, long, long)}. */
    public List<HostArray> draws(long batch, long seed, long step) {
        if (randoms.isEmpty()) {
            return List.of();
        }
        Generator generator = Generator.of(seed).split("random").split(step);
        List<HostArray> draws = new ArrayList<>();
        for (Node random : randoms) {
            Generator own = generator.split(draws.size());
            TensorType type = random.type().bind(batch);
            draws.add(HostArray.generate(type, type.dtype() == DType.FLOAT32 ? own::uniformFloat : own::uniform));
        }
        return draws;
    }
}
