package org.lamina.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Long sums of a graph in blocks, where a framework's kernels would add the terms one after another: sums, means, matrix products,
 * running sums and scattered sums of floating tensors. With blocks of b terms the error is of the order of (b + n / b) u instead of
 * n u, and with several stages of b log n u (P. Blanchard, N. J. Higham, T. Mary, "A class of fast and accurate summation
 * algorithms", SIAM J. Sci. Comput. 42, 2020). It is done after derivatives are taken, so theirs are covered too. A graph without
 * long sums stays as it is.
 */
public final class LongSums {
    private final Graph graph;
    private final Kernels kernels;
    /** Sums that are long at some batch sizes only, perhaps at none. */
    private final List<Node> open = new ArrayList<>();
    /** Products that are long at every batch size, but need shorter pieces where the batch is a few rows. */
    private final List<Node> products = new ArrayList<>();

    private final boolean isLong;

    /**
     * Finds the long sums of a graph.
     *
     * @param kernels say which sums are long, and which composites are computed by a kernel of their own
     */
    public LongSums(Graph graph, Kernels kernels) {
        this.graph = graph;
        this.kernels = kernels;
        boolean found = false;
        for (Node node : Fusion.withoutComposites(graph, kernels).nodes()) {
            if (isLong(node, Shape.BATCH)) {
                found = true;
                if (node.op() instanceof MatMul && mayBeLong(node)) {
                    products.add(node);
                }
            } else if (mayBeLong(node)) {
                open.add(node);
            }
        }
        this.isLong = found;
    }

    private static boolean mayBeLong(Node node) {
        boolean adds = node.op() instanceof Reduction
                || node.op() instanceof MatMul
                || node.op() instanceof CumSum
                || node.op() instanceof ScatterAdd;
        return adds
                && node.operands().stream()
                        .anyMatch(operand -> operand.type().shape().isOpen());
    }

    /** True if the graph needs a form of its own at a batch size. Leaves no garbage, as it is asked in every run. */
    public boolean isLongAt(long batch) {
        for (int i = 0; i < open.size(); i++) {
            if (isLong(open.get(i), batch)) {
                return true;
            }
        }
        for (int i = 0; i < products.size(); i++) {
            Node product = products.get(i);
            if (LongProduct.isLessTrusted(product, batch, limits(product).products())) {
                return true;
            }
        }
        return false;
    }

    /** True if {@link #isLongAt} may be true of a batch size. */
    public boolean dependsOnBatch() {
        return !open.isEmpty() || !products.isEmpty();
    }

    /** The graph, for every batch size, with the sums in blocks that are long at each. */
    public Graph graph() {
        return isLong ? rebuilt(Shape.BATCH) : graph;
    }

    /** The graph for one batch size, with its long sums in blocks. */
    public Graph at(long batch) {
        return rebuilt(batch);
    }

    private boolean isLong(Node node, long batch) {
        return isLong(node, batch, kernels);
    }

    private Accumulation limits(Node node) {
        return kernels.accumulation(node.type().dtype());
    }

    static boolean isLong(Node node, long batch, Kernels kernels) {
        if (!node.type().dtype().isFloating()) {
            return false;
        }
        Accumulation limits = kernels.accumulation(node.type().dtype());
        if (node.op() instanceof Reduction reduction) {
            return LongReduction.isLong(node, reduction, batch, limits);
        }
        if (node.op() instanceof MatMul) {
            return LongProduct.isLong(node, batch, limits.products());
        }
        if (node.op() instanceof CumSum cumSum) {
            return LongCumSum.isLong(node, cumSum, batch, limits);
        }
        return node.op() instanceof ScatterAdd scatter && LongScatter.isLong(node, scatter, batch, limits);
    }

    private Graph rebuilt(long batch) {
        GraphBuilder builder = new GraphBuilder();
        Map<Node, Node> values = new HashMap<>();
        for (Node node : graph.inputs()) {
            values.put(node, builder.input(((Input) node.op()).name(), bound(node.type(), batch)));
        }
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                values.put(node, rebuilt(builder, node, batch, values));
            }
        }
        return Graph.of(values(graph.inputs(), values), values(graph.outputs(), values));
    }

    private Node rebuilt(GraphBuilder builder, Node node, long batch, Map<Node, Node> values) {
        builder.enter(node.location(), List.of());
        try {
            Node same = builder.apply(bound(node.op(), batch), values(node.operands(), values));
            return inBlocks(builder, same, kernels);
        } finally {
            builder.exit();
        }
    }

    private static List<Node> values(List<Node> nodes, Map<Node, Node> values) {
        return nodes.stream()
                .map(node -> Objects.requireNonNull(values.get(node)))
                .toList();
    }

    /** The value of a node in blocks if it is a long sum, else the node. */
    static Node inBlocks(GraphBuilder builder, Node node, Kernels kernels) {
        if (!isLong(node, Shape.BATCH, kernels)) {
            return node;
        }
        Accumulation limits = kernels.accumulation(node.type().dtype());
        if (node.op() instanceof Reduction reduction) {
            return new LongReduction(builder, limits).of(node, reduction);
        }
        if (node.op() instanceof MatMul) {
            return new LongProduct(builder, limits).of(node);
        }
        if (node.op() instanceof CumSum cumSum) {
            return new LongCumSum(builder).of(node, cumSum);
        }
        return new LongScatter(builder, limits).of(node, (ScatterAdd) node.op());
    }

    private static TensorType bound(TensorType type, long batch) {
        return type.with(type.shape().bind(batch));
    }

    /** Few ops hold a shape. */
    private static Op bound(Op op, long batch) {
        if (op instanceof Reshape reshape) {
            return new Reshape(reshape.shape().bind(batch));
        }
        if (op instanceof Broadcast broadcast) {
            return new Broadcast(broadcast.shape().bind(batch));
        }
        return op instanceof NativeCall call ? new NativeCall(call.function(), bound(call.type(), batch)) : op;
    }
}
