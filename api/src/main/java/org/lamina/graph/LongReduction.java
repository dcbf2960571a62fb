package org.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.Shape;

/** Sums and means in stages: of blocks of 64 to 128 terms, then of their sums, and so on. A mean is the sum by the number. */
final class LongReduction {
    private static final long BLOCK = 128;

    /** Backends need not take more. */
    private static final int MOST_AXES = 6;

    private final GraphBuilder graph;
    private final Accumulation limits;

    LongReduction(GraphBuilder graph, Accumulation limits) {
        this.graph = graph;
        this.limits = limits;
    }

    static boolean isLong(Node node, Reduction reduction, long batch, Accumulation limits) {
        Shape shape = node.operand(0).type().shape();
        boolean isSum = reduction.reducer() == Reduction.Reducer.SUM || reduction.reducer() == Reduction.Reducer.MEAN;
        return isSum && count(reduction.axes(), shape, batch) > limit(reduction.axes(), shape, batch, limits);
    }

    /** The number of terms, negative if it is open. By index, as this runs in every run. */
    private static long count(List<Integer> axes, Shape shape, long batch) {
        long count = 1;
        for (int i = 0; i < axes.size(); i++) {
            long size = Accumulation.extent(shape, axes.get(i), batch);
            if (size == Shape.BATCH) {
                return Shape.BATCH;
            }
            count *= size;
        }
        return count;
    }

    private static long limit(List<Integer> axes, Shape shape, long batch, Accumulation limits) {
        int runs = 0;
        boolean inside = false;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (Accumulation.extent(shape, axis, batch) != 1) {
                boolean summed = axes.contains(axis);
                runs += summed && !inside ? 1 : 0;
                inside = summed;
            }
        }
        return runs > 1 ? limits.apart() : axes.contains(shape.rank() - 1) ? limits.rows() : limits.columns();
    }

    Node of(Node node, Reduction reduction) {
        Node x = node.operand(0);
        Node sum = graph.reshape(sum(x, reduction.axes()), node.type().shape());
        long count = count(reduction.axes(), x.type().shape(), Shape.BATCH);
        return reduction.reducer() == Reduction.Reducer.SUM ? sum : graph.div(sum, graph.scalar((double) count, sum));
    }

    /** Neighbours that both go or both stay become one axis, and the last that goes is summed first, as it lies closest. */
    private Node sum(Node x, List<Integer> axes) {
        List<Long> sizes = new ArrayList<>();
        List<Boolean> goes = new ArrayList<>();
        Shape shape = x.type().shape();
        for (int axis = 0; axis < shape.rank(); axis++) {
            add(sizes, goes, shape.extent(axis), axes.contains(axis));
        }
        Node sum = graph.reshape(x, shape(sizes));
        for (int i = sizes.size() - 1; i >= 0; i--) {
            if (goes.get(i)) {
                long rows = i == sizes.size() - 1 ? limits.rows() : limits.columns();
                sum = along(sum, i, rows);
                sizes.remove(i);
            }
        }
        return sum;
    }

    private static void add(List<Long> sizes, List<Boolean> goes, long size, boolean summed) {
        int last = sizes.size() - 1;
        boolean joins = last >= 0 && goes.get(last) == summed && sizes.get(last) != Shape.BATCH && size != Shape.BATCH;
        if (joins) {
            sizes.set(last, sizes.get(last) * size);
        } else if (size != 1) {
            sizes.add(size);
            goes.add(summed);
        }
    }

    private static Shape shape(List<Long> sizes) {
        return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * The sum along one axis, which goes.
     *
     * @param most so many terms the kernel may add
     */
    Node along(Node x, int axis, long most) {
        Shape shape = x.type().shape();
        long size = shape.extent(axis);
        if (size <= most || (shape.isOpen() && shape.rank() == MOST_AXES)) {
            return graph.sum(x, List.of(axis), false);
        }
        long block = Accumulation.block(size, BLOCK);
        long blocks = size / block;
        Node whole = graph.apply(new Slice(axis, 0, blocks * block, 1), x);
        Node sum = along(blocks(whole, axis, blocks, block), axis, Math.max(BLOCK / 2, most / 4));
        if (blocks * block == size) {
            return sum;
        }
        Node rest = graph.apply(new Slice(axis, blocks * block, size - blocks * block, 1), x);
        return graph.add(sum, graph.sum(rest, List.of(axis), false));
    }

    /** The sums of blocks. Of columns a block is every so-manieth row, as then the sums of all blocks are one sum of columns. */
    private Node blocks(Node x, int axis, long blocks, long block) {
        Shape shape = x.type().shape();
        Shape before = shape.slice(0, axis);
        Shape after = shape.slice(axis + 1, shape.rank());
        Shape sums = before.concat(Shape.of(blocks)).concat(after);
        if (!shape.isOpen() && before.size() == 1 && after.size() > 1) {
            Node columns = graph.reshape(x, Shape.of(block, blocks * after.size()));
            return graph.reshape(graph.sum(columns, List.of(0), false), sums);
        }
        if (!shape.isOpen()) {
            Shape rows = Shape.of(before.size() * blocks, block);
            Node flat = graph.reshape(x, after.size() == 1 ? rows : rows.concat(Shape.of(after.size())));
            return graph.reshape(graph.sum(flat, List.of(1), false), sums);
        }
        Node cut = graph.reshape(x, before.concat(Shape.of(blocks, block)).concat(after));
        return graph.sum(cut, List.of(before.rank() + 1), false);
    }

    /** All axes of a rank but some. */
    static List<Integer> axes(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
