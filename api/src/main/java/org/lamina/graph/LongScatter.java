package org.lamina.graph;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Scattered sums into several tables, each for a part of the terms one after another, and the sum of the tables. There are no
 * more of them than the terms fill, so a table as long as there are terms stays one: it has few terms an index unless they crowd.
 */
final class LongScatter {
    private static final long BLOCK = 128;

    private final GraphBuilder graph;
    private final Accumulation limits;

    LongScatter(GraphBuilder graph, Accumulation limits) {
        this.graph = graph;
        this.limits = limits;
    }

    static boolean isLong(Node node, ScatterAdd scatter, long batch, Accumulation limits) {
        long count = 1;
        Shape indices = node.operand(1).type().shape();
        for (int axis = 0; axis < indices.rank(); axis++) {
            count *= Accumulation.extent(indices, axis, batch);
        }
        return count > limits.scattered() && tables(count, scatter.size()) > 1;
    }

    private static long tables(long count, long size) {
        return size == 0 ? 0 : Math.min((count + BLOCK - 1) / BLOCK, count / size);
    }

    Node of(Node node, ScatterAdd scatter) {
        Node x = node.operand(0);
        Node indices = node.operand(1);
        long count = indices.type().shape().size();
        long size = scatter.size();
        long tables = tables(count, size);
        long each = (count + tables - 1) / tables;
        Node table = first(indices, each, size);
        Node all = graph.apply(new ScatterAdd(scatter.axis(), tables * size), x, graph.add(indices, table));
        Folding folding = Folding.of(node.type().shape(), List.of(scatter.axis()));
        Shape shape = folding.folded();
        int axis = folding.axis(scatter.axis());
        Shape parts = shape.slice(0, axis).concat(Shape.of(tables)).concat(shape.slice(axis, shape.rank()));
        Node sum = new LongReduction(graph, limits).along(graph.reshape(all, parts), axis, limits.columns());
        return graph.reshape(sum, node.type().shape());
    }

    /** Where the table of each term begins. */
    private Node first(Node indices, long each, long size) {
        DType dtype = indices.type().dtype();
        Shape shape = indices.type().shape();
        return graph.constant(HostArray.generate(new TensorType(dtype, shape), i -> (double) (i / each * size)));
    }
}
