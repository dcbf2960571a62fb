package org.lamina.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;

/**
 * One step of training as one graph: the layer, the loss, its derivative and the update, compiled together.
 *
 * <p>Given are the layer's inputs and the target, the declared values, the random draws, each trained parameter's slots and the
 * step's scalars. It gives the loss, the new parameters, their new slots and the new states.
 */
record TrainingStep(Executable executable, List<TensorType> draws, List<String> trained, List<String> states)
        implements AutoCloseable {

    /** The layer and the loss of its only output; the last input is the target. */
    private record WithLoss(Layer layer, Loss loss) implements MultiLayer {
        @Override
        public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
            List<Tensor> outputs = layer.forward(scope, inputs.subList(0, inputs.size() - 1));
            return List.of(loss.of(outputs.get(0), inputs.get(inputs.size() - 1)));
        }
    }

    static TrainingStep compile(
            Engine engine, Training training, DType dtype, Predicate<String> isTrained, List<TensorType> types) {
        TracedLayer traced = Trace.of(new WithLoss(training.layer(), training.loss()), dtype, types, true);
        Map<String, Node> trained = new LinkedHashMap<>(traced.declared());
        trained.keySet().removeIf(path -> !isTrained.test(path));
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        given.addAll(traced.randoms());
        List<Node> results = new ArrayList<>(List.of(traced.outputs().get(0)));
        results.addAll(updates(training, dtype, traced, trained, given));
        results.addAll(traced.states().values());
        Graph graph = Graph.of(given, results);
        return new TrainingStep(
                engine.compile(graph),
                traced.randoms().stream().map(Node::type).toList(),
                List.copyOf(trained.keySet()),
                List.copyOf(traced.states().keySet()));
    }

    /** The new parameters, then their slots parameter by parameter; adds the slots and scalars to what is given. */
    private static List<Node> updates(
            Training training, DType dtype, TracedLayer traced, Map<String, Node> trained, List<Node> given) {
        Optimizer optimizer = training.optimizer();
        List<Tensor> gradients = training.clipping().clip(gradients(traced, List.copyOf(trained.values())));
        List<List<Tensor>> slots = new ArrayList<>();
        trained.forEach((path, node) -> slots.add(optimizer.slots().stream()
                .map(slot -> input(traced, "slot " + slot + " " + path, node.type(), given))
                .toList()));
        List<Tensor> scalars = new ArrayList<>();
        for (int i = 0; i < optimizer.scalars(1, 1).size(); i++) {
            scalars.add(input(traced, "scalar " + i, new TensorType(dtype, Shape.scalar()), given));
        }
        List<Node> parameters = new ArrayList<>();
        List<Node> remembered = new ArrayList<>();
        int index = 0;
        for (Node node : trained.values()) {
            Optimizer.Update update =
                    optimizer.update(new Tensor(traced.graph(), node), gradients.get(index), slots.get(index), scalars);
            parameters.add(update.parameter().node());
            update.slots().forEach(slot -> remembered.add(slot.node()));
            index++;
        }
        parameters.addAll(remembered);
        return parameters;
    }

    private static List<Tensor> gradients(TracedLayer traced, List<Node> by) {
        Node loss = traced.outputs().get(0);
        Node one = traced.graph().scalar(1, loss);
        return Differentiation.pullback(traced.graph(), List.of(loss), List.of(one), by).stream()
                .map(node -> new Tensor(traced.graph(), node))
                .toList();
    }

    private static Tensor input(TracedLayer traced, String name, TensorType type, List<Node> given) {
        Node node = traced.graph().input(name, type);
        given.add(node);
        return new Tensor(traced.graph(), node);
    }

    @Override
    public void close() {
        executable.close();
    }
}
