package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.Graph;
import org.lamina.graph.Input;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reshape;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;

/** A graph that is made TensorFlow's. What it holds is closed with it, unless it was finished. */
final class TfCompilation implements AutoCloseable {
    /** An executor that goes through the ops in an order found once. It does not take all that a user's function may be made of. */
    private static final ConfigProto IN_ONE_ORDER = TfRun.CONFIGURATION.toBuilder()
            .setExperimental(ConfigProto.Experimental.newBuilder().setExecutorType("SINGLE_THREADED_EXECUTOR"))
            .build();

    private final Graph source;
    private final org.tensorflow.Graph graph = new org.tensorflow.Graph();
    private final Ops tf = Ops.create(graph);
    private final Map<Output<?>, TfArray> constants = new LinkedHashMap<>();
    private final Map<Node, TfArray> known;
    private boolean finished;

    /** @param known the values of some nodes, owned by this from now on */
    TfCompilation(Graph source, Map<Node, TfArray> known) {
        this.source = source;
        this.known = known;
    }

    TfRun finish() {
        Map<Node, Operand<?>> values = new HashMap<>();
        known.forEach((node, value) -> values.put(node, feed(value)));
        TfDetours detours = TfDetours.ofThisTensorFlow(tf);
        List<Output<?>> given = new ArrayList<>();
        for (Node input : source.inputs()) {
            Operand<?> placeholder = placeholder(input.type());
            detours.offerBatch(placeholder, input.type().shape());
            given.add(placeholder.asOutput());
            values.put(input, placeholder);
        }
        TfLowering lowering = new TfLowering(tf, detours, value -> feed(TfArray.of(value)));
        TfChannelsLast pictures = new TfChannelsLast(detours, lowering, source);
        for (Node node : needed(source, known.keySet())) {
            if (!values.containsKey(node)) {
                List<Operand<?>> operands = operands(values, node);
                Operand<?> picture = pictures.lower(node, operands);
                values.put(node, picture != null ? picture : node.op().lower(lowering, node.type(), operands));
            }
        }
        List<Output<?>> asked = outputs(values);
        given.addAll(constants.keySet());
        @Nullable TfSession session = asked.isEmpty() ? null : new TfSession(graph, configuration(), given, asked);
        finished = true;
        return new TfRun(source, session, List.copyOf(constants.values()));
    }

    private List<Output<?>> outputs(Map<Node, Operand<?>> values) {
        List<Output<?>> outputs = new ArrayList<>();
        Set<Node> shared = sharing(source);
        for (Node output : source.outputs()) {
            Operand<?> value = Objects.requireNonNull(values.get(output));
            boolean taken = shared.contains(output) || !shared.add(owner(output));
            outputs.add(taken ? tf.deepCopy(TfLowering.typed(value)).asOutput() : value.asOutput());
        }
        return outputs;
    }

    private ConfigProto configuration() {
        return source.nodes().stream().anyMatch(TfCompilation::isOfAUser) ? TfRun.CONFIGURATION : IN_ONE_ORDER;
    }

    private static boolean isOfAUser(Node node) {
        return node.op() instanceof NativeCall call && !call.function().isFresh();
    }

    private Operand<?> placeholder(TensorType type) {
        return tf.placeholder(TfArray.tensorClass(type.dtype()), Placeholder.shape(TfArray.shape(type.shape())));
    }

    /** Where a constant is given at every run, because in the graph TensorFlow would keep five copies of it. */
    private Operand<?> feed(TfArray constant) {
        Operand<?> placeholder = placeholder(constant.type());
        constants.put(placeholder.asOutput(), constant);
        return placeholder;
    }

    /** The nodes that the outputs need if some are known, operands first. */
    private static List<Node> needed(Graph source, Set<Node> known) {
        Set<Node> needed = new HashSet<>(source.outputs());
        for (int i = source.nodes().size() - 1; i >= 0; i--) {
            Node node = source.nodes().get(i);
            if (needed.contains(node) && !known.contains(node)) {
                needed.addAll(node.operands());
            }
        }
        return source.nodes().stream().filter(needed::contains).toList();
    }

    static List<Operand<?>> operands(Map<Node, Operand<?>> values, Node node) {
        List<Operand<?>> operands = new ArrayList<>(node.operands().size());
        for (Node operand : node.operands()) {
            operands.add(Objects.requireNonNull(values.get(operand)));
        }
        return operands;
    }

    /**
     * The nodes whose memory may be an input's, or a constant's that the next run gives out again, or a part of something larger
     * that it would keep alive.
     */
    private static Set<Node> sharing(Graph source) {
        Set<Node> fixed = new HashSet<>();
        Set<Node> shared = new HashSet<>();
        for (Node node : source.nodes()) {
            boolean given = node.op() instanceof Input;
            if (!given
                    && fixed.containsAll(node.operands())
                    && !node.type().shape().isOpen()) {
                fixed.add(node);
            }
            boolean view = mayShare(node.op()) && shared.contains(node.operand(0));
            if (given || view || fixed.contains(node) || node.op() instanceof Slice || isOfAUser(node)) {
                shared.add(node);
            }
        }
        return shared;
    }

    /** The node that made the memory in which a node's value may lie. */
    private static Node owner(Node node) {
        return mayShare(node.op()) ? owner(node.operand(0)) : node;
    }

    /** True for ops whose kernel may give its first operand's memory on, if only where there is nothing to do. */
    private static boolean mayShare(Op op) {
        return op instanceof Reshape
                || op instanceof Transpose
                || op instanceof Broadcast
                || op instanceof Slice
                || op instanceof Pad
                || op instanceof Concat
                || op instanceof Cast
                || op instanceof Reduction
                || op instanceof StopGradient
                || op instanceof Composite;
    }

    @Override
    public void close() {
        graph.close();
        if (!finished) {
            known.values().forEach(TfArray::close);
            constants.values().forEach(TfArray::close);
        }
    }
}
