package org.lamina.graph;

import java.util.List;
import org.lamina.DType;
import org.lamina.Shape;

/**
 * Running sums: of float32 in float64, whose error is far below float32's; of float64 within blocks, to each of which the running
 * sum of the blocks before it is added.
 */
final class LongCumSum {
    private static final long BLOCK = 128;

    private final GraphBuilder graph;

    LongCumSum(GraphBuilder graph) {
        this.graph = graph;
    }

    static boolean isLong(Node node, CumSum cumSum, long batch, Accumulation limits) {
        Shape shape = node.type().shape();
        return Accumulation.extent(shape, cumSum.axis(), batch) > limits.running();
    }

    Node of(Node node, CumSum cumSum) {
        if (node.type().dtype() == DType.FLOAT64) {
            Folding folding = Folding.of(node.type().shape(), List.of(cumSum.axis()));
            CumSum folded = new CumSum(folding.axis(cumSum.axis()), cumSum.exclusive(), cumSum.reverse());
            Node sums = inBlocks(graph.reshape(node.operand(0), folding.folded()), folded);
            return graph.reshape(sums, node.type().shape());
        }
        Node wide = graph.apply(new Cast(DType.FLOAT64), node.operand(0));
        return graph.apply(new Cast(DType.FLOAT32), graph.apply(cumSum, wide));
    }

    private Node inBlocks(Node x, CumSum cumSum) {
        int axis = cumSum.axis();
        Shape shape = x.type().shape();
        long size = shape.extent(axis);
        if (size <= BLOCK) {
            return graph.apply(cumSum, x);
        }
        long blocks = (size + BLOCK - 1) / BLOCK;
        Node padded = graph.apply(new Pad(axis, 0, blocks * BLOCK - size, 0), x);
        Shape after = shape.slice(axis + 1, shape.rank());
        Shape one = shape.slice(0, axis).concat(Shape.of(blocks, 1)).concat(after);
        Node cut = graph.reshape(padded, one.with(axis + 1, BLOCK));
        Node within = graph.apply(new CumSum(axis + 1, cumSum.exclusive(), cumSum.reverse()), cut);
        Node totals = graph.sum(cut, List.of(axis + 1), false);
        Node before = graph.reshape(inBlocks(totals, new CumSum(axis, true, cumSum.reverse())), one);
        Node sums = graph.reshape(graph.add(within, before), padded.type().shape());
        return graph.apply(new Slice(axis, 0, size, 1), sums);
    }
}
