package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;

/**
 * A layer compiled for inputs of some types. Given are its inputs, what it declared, its random draws and, for a derivative, the
 * cotangents of its outputs.
 *
 * @param traced the layer
 * @param executable gives the outputs; or the gradients by the inputs and by the parameters, then the new states
 */
record Dl4jForm(TracedLayer traced, Executable executable) implements AutoCloseable {
    static Dl4jForm forward(Engine engine, Layer layer, DType dtype, List<TensorType> types, boolean training) {
        TracedLayer traced = Trace.of(layer, dtype, types, training);
        return new Dl4jForm(traced, engine.compile(Graph.of(given(traced), traced.outputs())));
    }

    static Dl4jForm backward(Engine engine, Layer layer, DType dtype, List<TensorType> types, boolean training) {
        TracedLayer traced = Trace.of(layer, dtype, types, training);
        List<Node> cotangents = new ArrayList<>();
        for (Node output : traced.outputs()) {
            cotangents.add(traced.graph().input("dy" + cotangents.size(), output.type()));
        }
        List<Node> by = new ArrayList<>(traced.inputs());
        trained(traced).forEach(declaration -> by.add(traced.declared().get(declaration.path())));
        List<Node> results =
                new ArrayList<>(Differentiation.pullback(traced.graph(), traced.outputs(), cotangents, by));
        results.addAll(traced.states().values());
        List<Node> given = given(traced);
        given.addAll(cotangents);
        return new Dl4jForm(traced, engine.compile(Graph.of(given, results)));
    }

    private static List<Node> given(TracedLayer traced) {
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        given.addAll(traced.randoms());
        return given;
    }

    private static List<Declaration> trained(TracedLayer traced) {
        return traced.declarations().values().stream()
                .filter(declaration -> declaration.role() == Role.TRAINED)
                .toList();
    }

    /** The parameters by which there are gradients, in order. */
    List<Declaration> trained() {
        return trained(traced);
    }

    @Override
    public void close() {
        executable.close();
    }
}
