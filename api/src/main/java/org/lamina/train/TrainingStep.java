package org.lamina.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lamina.ErrorCode;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Tensor;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.ManyAxes;

/**
 * One step of training as one graph: the layer, the loss, its derivative and the update, compiled together.
 *
 * <p>Given are the layer's inputs and the target, the random draws, the declared values, each trained parameter's slots and the
 * step's scalars. It gives the loss, the new parameters, their new slots and the new states.
 *
 * @param traced the layer
 * @param graph the step
 * @param executable the graph on the backend
 * @param declared the layer's declarations
 * @param trained the paths of the parameters it changes
 * @param states the paths of the states it replaces
 */
record TrainingStep(
        TracedLayer traced,
        Graph graph,
        Executable executable,
        List<Declaration> declared,
        List<String> trained,
        List<String> states)
        implements AutoCloseable {

    /**
     * Compiles a step.
     *
     * @param traced the layer in training; more nodes are added to its graph
     * @param target the target's type
     * @param trained the paths of parameters to change
     */
    static TrainingStep compile(
            Engine engine, Training training, TracedLayer traced, TensorType target, Set<String> trained) {
        List<String> paths =
                traced.declared().keySet().stream().filter(trained::contains).toList();
        Node expected = traced.graph().input("target", target);
        Node loss = loss(training.loss(), traced, expected);
        UpdateGraph updates = UpdateGraph.of(training, traced, loss, paths);
        List<Node> given = new ArrayList<>(traced.inputs());
        given.add(expected);
        given.addAll(traced.randoms());
        given.addAll(traced.declared().values());
        given.addAll(updates.given());
        List<Node> results = new ArrayList<>(List.of(loss));
        results.addAll(updates.results());
        results.addAll(traced.states().values());
        Graph graph = Graph.of(given, results);
        return new TrainingStep(
                traced,
                graph,
                ManyAxes.compile(engine, graph),
                List.copyOf(traced.declarations().values()),
                paths,
                List.copyOf(traced.states().keySet()));
    }

    private static Node loss(Loss loss, TracedLayer traced, Node target) {
        traced.graph().enter("the loss", List.of());
        if (traced.outputs().size() != 1) {
            throw traced.graph()
                    .located(
                            ErrorCode.ARITY,
                            "training: the layer gives " + traced.outputs().size()
                                    + " outputs and a loss takes one. Join them in a layer around it.");
        }
        Tensor prediction = new Tensor(traced.graph(), traced.outputs().get(0));
        Tensor value = Returned.require(loss.of(prediction, new Tensor(traced.graph(), target)), "the loss");
        if (!value.dtype().isFloating() || value.shape().rank() != 0) {
            throw traced.graph()
                    .located(
                            ErrorCode.SHAPE,
                            "training: the loss is " + value.type()
                                    + ", and the loss must be a floating-point scalar. End it with mean() or sum().");
        }
        traced.graph().exit();
        return value.node();
    }

    @Override
    public void close() {
        executable.close();
    }
}
