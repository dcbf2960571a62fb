package org.lamina.tf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
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
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** A compiled graph: one TensorFlow graph, built once for every batch size, and one session that runs it. */
final class TfRun implements Executable {
    /**
     * No rewriting of the graph: it makes x / c a product by 1 / c and (x c) c a product by c c, which is NaN where x is
     * infinite or zero. And a run works in its caller's thread, not in a pool: a small graph then needs a third of the time, and
     * large products are split among threads as before.
     */
    static final ConfigProto CONFIGURATION = ConfigProto.newBuilder()
            .setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .setInterOpParallelismThreads(-1)
            .build();

    private static final AtomicLong OPEN = new AtomicLong();

    private final AtomicBoolean closed = new AtomicBoolean();
    private final org.tensorflow.Graph graph = new org.tensorflow.Graph();
    private final Session session = new Session(graph, CONFIGURATION);
    private final Ops tf = Ops.create(graph);
    private final List<Output<?>> placeholders = new ArrayList<>();
    private final Map<Output<?>, TfArray> constants = new LinkedHashMap<>();
    private final List<Output<?>> results = new ArrayList<>();
    private final Graph source;
    private final List<DType> dtypes;

    private TfRun(Graph source) {
        OPEN.incrementAndGet();
        this.source = source;
        this.dtypes = source.outputs().stream().map(node -> node.type().dtype()).toList();
    }

    /**
     * Compiles a graph.
     *
     * @param known the values of some nodes that depend on constants alone, owned by the run from now on
     * @throws LaminaException if TensorFlow does not take the graph
     */
    static TfRun compile(Graph source, Map<Node, TfArray> known) {
        TfRun run = new TfRun(source);
        try {
            run.build(source, known);
            return run;
        } catch (LaminaException e) {
            run.close();
            throw e;
        } catch (RuntimeException e) {
            run.close();
            throw failure("did not take the graph: " + e.getMessage(), e);
        }
    }

    private void build(Graph source, Map<Node, TfArray> known) {
        Map<Node, Operand<?>> values = new HashMap<>();
        known.forEach((node, value) -> values.put(node, feed(value)));
        TfDetours detours = new TfDetours(tf);
        TfLowering lowering = new TfLowering(tf, detours, this::feed);
        for (Node input : source.inputs()) {
            Operand<?> placeholder = placeholder(input.type());
            detours.offerBatch(placeholder, input.type().shape());
            placeholders.add(placeholder.asOutput());
            values.put(input, placeholder);
        }
        for (Node node : needed(source, known.keySet())) {
            if (!values.containsKey(node)) {
                values.put(node, node.op().lower(lowering, node.type(), operands(values, node)));
            }
        }
        Set<Node> shared = sharing(source);
        for (Node output : source.outputs()) {
            Operand<?> value = Objects.requireNonNull(values.get(output));
            boolean taken = shared.contains(output) || !shared.add(owner(output));
            results.add(taken ? tf.deepCopy(TfLowering.typed(value)).asOutput() : value.asOutput());
        }
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
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
            if (given
                    || view
                    || fixed.contains(node)
                    || node.op() instanceof Slice
                    || node.op() instanceof NativeCall) {
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
    public List<NativeArray> run(List<NativeArray> inputs) {
        return List.copyOf(compute(inputs));
    }

    /** What {@link #run} does, giving TensorFlow's own arrays. */
    List<TfArray> compute(List<NativeArray> inputs) {
        if (closed.get()) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "backend tf: the compiled graph was closed and cannot run. Compile it again.");
        }
        source.batch(inputs.stream().map(NativeArray::type).toList());
        Session.Runner runner = session.runner();
        for (int i = 0; i < placeholders.size(); i++) {
            runner.feed(placeholders.get(i), ((TfArray) inputs.get(i)).tensor());
        }
        constants.forEach((placeholder, constant) -> runner.feed(placeholder, constant.tensor()));
        results.forEach(runner::fetch);
        return results.isEmpty() ? List.of() : take(runner);
    }

    /** Each tensor of the result becomes an array's; the result itself holds nothing else. */
    private List<TfArray> take(Session.Runner runner) {
        Result result = run(runner);
        List<TfArray> outputs = new ArrayList<>(dtypes.size());
        for (int i = 0; i < dtypes.size(); i++) {
            outputs.add(new TfArray(dtypes.get(i), result.get(i)));
        }
        return outputs;
    }

    private static Result run(Session.Runner runner) {
        try {
            return runner.run();
        } catch (RuntimeException e) {
            throw failure("failed while it ran: " + e.getMessage(), e);
        }
    }

    /** TensorFlow's exceptions have no class in common below this one. */
    private static LaminaException failure(String what, RuntimeException cause) {
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend tf: TensorFlow " + what + ". There is no result. Check the values given, indices above all.",
                cause);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            OPEN.decrementAndGet();
            session.close();
            graph.close();
            constants.values().forEach(TfArray::close);
        }
    }
}
