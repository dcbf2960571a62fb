package org.lamina.port;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.graph.Node;
import org.lamina.layer.CallObserver;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.layers.Flatten;
import org.lamina.layers.Permute;
import org.lamina.port.AxisOrder.Flattened;
import org.lamina.port.AxisOrder.Ordered;
import org.lamina.port.AxisOrder.Unknown;

/** Follows the order of axes through the trace of a model whose source has the channels last, own layers included. */
final class AxisTrace implements CallObserver {
    /**
     * A layer that works along axes of another meaning in the source.
     *
     * @param path of the layer
     * @param order of its input, to be turned; null if that would not help
     * @param reason for messages
     */
    record Misfit(String path, Layer layer, @Nullable Ordered order, String reason) {}

    /** A call of a layer of the library that is not over. */
    private record Call(String path, Layer layer, AxisRule rule, List<@Nullable AxisOrder> inputs) {}

    private final List<Ordered> given;
    /** Null for what fits any order. */
    private final Map<Node, @Nullable AxisOrder> known = new HashMap<>();

    private final List<Misfit> misfits = new ArrayList<>();
    /** By the path of a Dense the channels that were flattened before it. */
    private final Map<String, Flattened> flattened = new LinkedHashMap<>();

    private @Nullable Call call;
    /** The input of a layer that moves its axes. */
    private @Nullable Node moved;

    /** Each Flatten of an input that lies as in the source. */
    private final List<String> flattenedInputs = new ArrayList<>();

    /** Each Flatten that made one axis of channels and places. */
    private final List<Misfit> flattens = new ArrayList<>();

    private List<@Nullable AxisOrder> outputs = List.of();

    private AxisTrace(List<Ordered> given) {
        this.given = given;
    }

    /**
     * The analysis for inputs that lie in given orders.
     *
     * @throws org.lamina.LaminaException if the layer does not take such inputs
     */
    static AxisTrace of(Layer layer, List<TensorType> types, List<Ordered> given) {
        AxisTrace trace = new AxisTrace(given);
        DType dtype = Width.of(types.stream().map(TensorType::dtype).toList(), List.of(), List.of());
        TracedLayer traced = Trace.of(layer, dtype, types, trace);
        trace.outputs = traced.outputs().stream().map(trace::order).toList();
        trace.outputs.forEach(order -> trace.checkOutput(layer, order));
        return trace;
    }

    /** What no Dense took whose weights could be put in order is itself in another order there. */
    private void checkOutput(Layer layer, @Nullable AxisOrder order) {
        if (order instanceof Flattened) {
            misfits.addAll(
                    flattens.isEmpty()
                            ? List.of(new Misfit(
                                    "",
                                    layer,
                                    null,
                                    "its output has channels and places in one axis, in another order"))
                            : flattens);
        } else if (order instanceof Unknown unknown) {
            misfits.add(new Misfit("", layer, null, "the order of its output is not known, as " + unknown.reason()));
        }
    }

    List<String> flattenedInputs() {
        return flattenedInputs;
    }

    List<Misfit> misfits() {
        return misfits;
    }

    Map<String, Flattened> flattened() {
        return flattened;
    }

    /** Null where an output is the same in any order. */
    List<@Nullable AxisOrder> outputs() {
        return outputs;
    }

    @Override
    public void entered(String path, Layer layer, List<Node> inputs) {
        if (known.isEmpty()) {
            for (int i = 0; i < inputs.size(); i++) {
                known.put(inputs.get(i), given.get(i));
            }
        }
        AxisRule rule = AxisRule.of(layer);
        if (call == null && rule != null) {
            Call entering =
                    new Call(path, layer, rule, inputs.stream().map(this::order).toList());
            call = entering;
            entering.inputs().forEach(order -> check(entering, order));
        } else if (call == null && layer instanceof org.lamina.layers.Concat concat) {
            inputs.forEach(input -> check(path, concat, input));
        } else if (call == null && (layer instanceof Flatten || layer instanceof Permute)) {
            moved = inputs.get(0);
            if (layer instanceof Flatten
                    && order(moved) instanceof Ordered ordered
                    && ordered.given()
                    && ordered.isSame()) {
                flattenedInputs.add(path.isEmpty() ? "the model" : "layer " + path);
            }
        }
    }

    private void check(Call entering, @Nullable AxisOrder order) {
        if (order instanceof Unknown unknown) {
            add(entering, null, "the order of its input's axes is not known, as " + unknown.reason());
        } else if (order instanceof Flattened channels) {
            if (entering.rule() == AxisRule.ROWS) {
                flattened.put(entering.path(), channels);
            } else {
                add(entering, null, "it follows a Flatten of channels and places, which only a Dense can");
            }
        } else if (order instanceof Ordered ordered && !entering.rule().allows(ordered)) {
            add(entering, ordered, "it " + entering.rule().description() + ", which has another meaning");
        }
    }

    private void add(Call entering, @Nullable Ordered order, String reason) {
        boolean turned = entering.inputs().size() == 1;
        misfits.add(new Misfit(entering.path(), entering.layer(), turned ? order : null, reason));
    }

    /** Joined along another axis than the channels, images would seldom be meant so. */
    private void check(String path, org.lamina.layers.Concat layer, Node input) {
        int rank = input.type().shape().rank();
        int axis = layer.axis() < 0 ? layer.axis() + rank : layer.axis();
        if (order(input) instanceof Ordered ordered && !ordered.isSame() && axis > 1) {
            misfits.add(new Misfit(
                    path,
                    layer,
                    null,
                    "it joins along axis " + axis + ", and the channels are axis 1. Give that axis"));
        }
    }

    @Override
    public void left(String path, Layer layer, List<Node> results) {
        Call leaving = call;
        if (leaving == null && (layer instanceof Flatten || layer instanceof Permute)) {
            move(path, layer, results.get(0));
        }
        if (leaving == null || !leaving.path().equals(path) || leaving.layer() != layer) {
            return;
        }
        call = null;
        for (Node result : results) {
            int rank = result.type().shape().rank();
            Ordered input = leaving.inputs().get(0) instanceof Ordered ordered
                            && leaving.rule().allows(ordered)
                    ? ordered
                    : leaving.rule().wanted(rank);
            known.put(result, leaving.rule().output(layer, input, rank));
        }
    }

    /** By what the layer does, as the graph may have made one op of its and one of those before. */
    private void move(String path, Layer layer, Node result) {
        Node from = Objects.requireNonNull(moved);
        AxisOrder order = order(from);
        if (result == from) {
            return;
        }
        if (order instanceof Ordered ordered) {
            order = layer instanceof Permute permute
                    ? ordered.permuted(
                            permute.axes().stream().map(Long::intValue).toList())
                    : flattened(ordered, from.type().shape(), result.type().shape());
            if (order instanceof Flattened) {
                flattens.add(new Misfit(
                        path,
                        layer,
                        ordered,
                        "its output, in which channels and places are one axis, is in another order"));
            }
        } else if (layer instanceof Permute && order != null) {
            order = new Unknown("its axes were permuted");
        }
        known.put(result, order);
    }

    /** Of an input of one place only its channels are told from its places by nothing but its shape. */
    private static AxisOrder flattened(Ordered order, Shape from, Shape to) {
        return order.given() && !order.isSame() ? new Flattened(from.extent(1), true) : Regrouping.of(order, from, to);
    }

    /** The order of a node, which is followed from those that are known. */
    private @Nullable AxisOrder order(Node node) {
        Deque<Node> pending = new ArrayDeque<>(List.of(node));
        while (!pending.isEmpty()) {
            Node next = pending.element();
            List<Node> missing = known.containsKey(next)
                    ? List.of()
                    : next.operands().stream()
                            .filter(operand -> !known.containsKey(operand))
                            .toList();
            missing.forEach(pending::push);
            if (missing.isEmpty()) {
                pending.pop();
                if (!known.containsKey(next)) {
                    known.put(next, follow(next));
                }
            }
        }
        return known.get(node);
    }

    private @Nullable AxisOrder follow(Node node) {
        List<@Nullable AxisOrder> operands = new ArrayList<>();
        node.operands().forEach(operand -> operands.add(known.get(operand)));
        return AxisOps.of(node, operands);
    }
}
