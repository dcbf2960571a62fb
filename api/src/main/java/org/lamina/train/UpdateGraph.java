package org.lamina.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Node;
import org.lamina.layer.Tensor;
import org.lamina.layer.TracedLayer;

/**
 * The part of a training step after the loss: gradients, clipping and the optimizer's rule.
 *
 * @param given the slots, parameter by parameter, then the scalars
 * @param results the new parameters, then their new slots, parameter by parameter
 */
record UpdateGraph(List<Node> given, List<Node> results) {
    /** Adds the nodes to a traced layer, to change the parameters at some paths. */
    static UpdateGraph of(Training training, TracedLayer traced, Node loss, List<String> paths) {
        Optimizer optimizer = training.optimizer();
        List<Tensor> parameters = paths.stream()
                .map(path -> new Tensor(
                        traced.graph(), Objects.requireNonNull(traced.declared().get(path))))
                .toList();
        List<Tensor> gradients = gradients(training, new Tensor(traced.graph(), loss), paths, parameters);
        List<Node> given = new ArrayList<>();
        List<List<Tensor>> slots = IntStream.range(0, paths.size())
                .mapToObj(i ->
                        slots(optimizer, traced, paths.get(i), parameters.get(i).type(), given))
                .toList();
        List<Tensor> scalars = scalars(training, traced, given);
        List<Node> updated = new ArrayList<>();
        List<Node> remembered = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            TensorType type = parameters.get(i).type();
            Optimizer.Update update = Returned.require(
                    optimizer.update(parameters.get(i), gradients.get(i), slots.get(i), scalars),
                    "the optimizer's update");
            updated.add(checked(paths.get(i), "the new value", update.parameter(), type));
            for (Tensor slot :
                    Returned.requireAll(update.slots(), slots.get(i).size(), "the optimizer's update", "slots")) {
                remembered.add(checked(paths.get(i), "a slot", slot, type));
            }
        }
        updated.addAll(remembered);
        return new UpdateGraph(List.copyOf(given), List.copyOf(updated));
    }

    private static List<Tensor> gradients(Training training, Tensor loss, List<String> paths, List<Tensor> parameters) {
        List<Tensor> plain = loss.gradients(parameters.toArray(Tensor[]::new));
        List<Tensor> clipped =
                Returned.requireAll(training.clipping().clip(plain), plain.size(), "the clipping", "gradients");
        for (int i = 0; i < clipped.size(); i++) {
            checked(
                    paths.get(i),
                    "the gradient",
                    clipped.get(i),
                    parameters.get(i).type());
        }
        return clipped;
    }

    private static List<Tensor> slots(
            Optimizer optimizer, TracedLayer traced, String path, TensorType type, List<Node> given) {
        return optimizer.slots().stream()
                .map(slot -> input(traced, "slot " + slot + " " + path, type, given))
                .toList();
    }

    private static List<Tensor> scalars(Training training, TracedLayer traced, List<Node> given) {
        TensorType type = new TensorType(training.dtype(), Shape.scalar());
        return IntStream.range(0, Scalars.count(training.optimizer()))
                .mapToObj(i -> input(traced, "scalar " + i, type, given))
                .toList();
    }

    private static Tensor input(TracedLayer traced, String name, TensorType type, List<Node> given) {
        Node node = traced.graph().input(name, type);
        given.add(node);
        return new Tensor(traced.graph(), node);
    }

    private static Node checked(String path, String what, Tensor value, TensorType type) {
        if (!value.type().equals(type)) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "training: parameter " + path + " is " + type + " and " + what + " of it would be " + value.type()
                            + "; they must be equal. Correct the optimizer or the clipping.");
        }
        return value.node();
    }
}
