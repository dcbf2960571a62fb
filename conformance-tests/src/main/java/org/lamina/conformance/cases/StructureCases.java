package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Concat;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reshape;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;

/** Ops that move elements. */
final class StructureCases {
    private final CaseList list;

    StructureCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType dtype : Values.ALL) {
            addReshape(dtype);
            addTranspose(dtype);
            addBroadcast(dtype);
            addConcat(dtype);
            addSlice(dtype);
        }
        Values.NUMERIC.forEach(this::addPad);
    }

    /** Several ops on one tensor of special values, each an output. */
    private void add(DType dtype, Shape shape, Op... ops) {
        list.exact(ops[0].kind(), dtype, "shape " + shape, CaseList.applied(ops), Values.special(dtype, shape));
    }

    private void addReshape(DType dtype) {
        add(dtype, Shape.of(2, 3, 4), reshape(24), reshape(6, 4), reshape(4, 1, 6), reshape(2, 3, 2, 1, 2, 1));
        add(dtype, Shape.scalar(), reshape(1), reshape(1, 1, 1, 1, 1, 1));
        add(dtype, Shape.of(1, 1), reshape());
        add(dtype, Shape.of(0, 3), reshape(0), reshape(3, 0), reshape(5, 0, 7));
        list.exact(
                "reshape",
                dtype,
                "of a transposed tensor",
                CaseList.single((graph, inputs) ->
                        graph.reshape(graph.apply(new Transpose(List.of(1, 0)), inputs.get(0)), Shape.of(2, 6))),
                Values.special(dtype, Shape.of(3, 4)));
    }

    private static Op reshape(long... sizes) {
        return new Reshape(Shape.of(sizes));
    }

    private void addTranspose(DType dtype) {
        add(dtype, Shape.of(5), transpose(0));
        add(dtype, Shape.of(2, 3), transpose(1, 0));
        add(dtype, Shape.of(2, 3, 4), transpose(0, 2, 1), transpose(1, 2, 0), transpose(2, 0, 1), transpose(2, 1, 0));
        add(dtype, Shape.of(2, 1, 3, 1, 2, 2), transpose(5, 4, 3, 2, 1, 0), transpose(2, 0, 4, 1, 5, 3));
        add(dtype, Shape.of(0, 3), transpose(1, 0));
        list.exact(
                "transpose",
                dtype,
                "of a scalar",
                CaseList.applied(new Transpose(List.of())),
                Values.special(dtype, Shape.scalar()));
    }

    private static Op transpose(Integer... permutation) {
        return new Transpose(List.of(permutation));
    }

    private void addBroadcast(DType dtype) {
        add(dtype, Shape.scalar(), broadcast(3), broadcast(2, 3), broadcast(0), broadcast(1, 1, 1, 1, 1, 1));
        add(dtype, Shape.of(1), broadcast(3), broadcast(2, 3), broadcast(0));
        add(dtype, Shape.of(2, 1), broadcast(2, 3), broadcast(4, 2, 3), broadcast(2, 0));
        add(dtype, Shape.of(1, 3), broadcast(2, 3), broadcast(4, 2, 3));
        add(dtype, Shape.of(0, 1), broadcast(0, 3));
        add(dtype, Shape.of(2, 1, 3, 1, 2, 1), broadcast(2, 2, 3, 2, 2, 2));
    }

    private static Op broadcast(long... sizes) {
        return new Broadcast(Shape.of(sizes));
    }

    private void addConcat(DType dtype) {
        concat(dtype, 0, Shape.of(3));
        concat(dtype, 0, Shape.of(2), Shape.of(0), Shape.of(1), Shape.of(5));
        concat(dtype, 0, Shape.of(2, 3), Shape.of(1, 3));
        concat(dtype, 1, Shape.of(2, 3), Shape.of(2, 1), Shape.of(2, 4));
        concat(dtype, 1, Shape.of(0, 3), Shape.of(0, 2));
        concat(dtype, 0, Shape.of(0, 3), Shape.of(0, 3));
        concat(dtype, 3, Shape.of(2, 1, 2, 1, 1, 2), Shape.of(2, 1, 2, 3, 1, 2));
        list.exact(
                "concat",
                dtype,
                "a tensor with itself",
                CaseList.single((graph, inputs) -> graph.apply(new Concat(0), inputs.get(0), inputs.get(0))),
                Values.special(dtype, Shape.of(2, 2)));
    }

    private void concat(DType dtype, int axis, Shape... shapes) {
        HostArray[] inputs = new HostArray[shapes.length];
        for (int i = 0; i < shapes.length; i++) {
            inputs[i] = Values.special(dtype, shapes[i]);
        }
        list.exact(new Concat(axis), dtype, "axis " + axis + " of " + List.of(shapes), inputs);
    }

    private void addSlice(DType dtype) {
        slices(dtype, Shape.of(7), 0);
        slices(dtype, Shape.of(7, 3), 0);
        slices(dtype, Shape.of(3, 7), 1);
        slices(dtype, Shape.of(2, 7, 3), 1);
        slices(dtype, Shape.of(2, 1, 2, 1, 7, 2), 4);
        slices(dtype, Shape.of(0, 7), 1);
        add(dtype, Shape.of(0, 3), new Slice(0, 0, 0, 1), new Slice(0, 0, 0, -1));
        add(dtype, Shape.of(1, 3), new Slice(0, 0, 1, 1), new Slice(0, 0, 1, -1), new Slice(1, 2, 3, -1));
        add(dtype, Shape.of(4), new Slice(0, 1, 1, Long.MIN_VALUE), new Slice(0, 2, 1, Long.MAX_VALUE));
    }

    private void slices(DType dtype, Shape shape, int axis) {
        List<Op> ops = new ArrayList<>();
        for (long step : new long[] {1, 3, -1, -2}) {
            for (long start : new long[] {1, 6}) {
                long most = 1 + (step > 0 ? (6 - start) / step : start / -step);
                ops.add(new Slice(axis, start, most, step));
                ops.add(new Slice(axis, start, most / 2, step));
            }
        }
        add(dtype, shape, ops.toArray(Op[]::new));
    }

    private void addPad(DType dtype) {
        double value = dtype.isFloating() ? Double.NEGATIVE_INFINITY : -7;
        add(dtype, Shape.of(3), pad(0, 1, 2, 0), pad(0, 0, 1, 5), pad(0, 2, 0, value), pad(0, 0, 0, 1));
        add(dtype, Shape.of(2, 3), pad(0, 1, 2, value), pad(1, 1, 2, 1));
        add(dtype, Shape.of(0, 3), pad(0, 1, 2, value), pad(1, 1, 2, 1));
        add(dtype, Shape.of(2, 1, 2, 1, 3, 2), pad(0, 1, 0, 1), pad(3, 1, 1, value), pad(5, 0, 3, -0.0));
    }

    private static Op pad(int axis, long before, long after, double value) {
        return new Pad(axis, before, after, value);
    }
}
