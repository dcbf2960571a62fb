package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.CumSum;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;

/** Reductions, argmax and running sums. */
final class ReductionCases {
    private static final List<Shape> SHAPES = List.of(
            Shape.scalar(),
            Shape.of(5),
            Shape.of(1),
            Shape.of(2, 3),
            Shape.of(1, 4),
            Shape.of(2, 3, 4),
            Shape.of(2, 1, 3, 2),
            Shape.of(2, 1, 3, 1, 2, 2));
    private static final List<Shape> EMPTY = List.of(Shape.of(0), Shape.of(0, 3), Shape.of(3, 0), Shape.of(2, 0, 3));

    private final CaseList list;

    ReductionCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (Reducer reducer : Reducer.values()) {
            for (DType dtype : reducer == Reducer.MEAN ? Values.FLOATING : Values.NUMERIC) {
                SHAPES.forEach(shape -> addAllAxes(reducer, dtype, shape, Values.random(dtype, shape, 1)));
                EMPTY.forEach(shape -> addAllAxes(reducer, dtype, shape, Values.random(dtype, shape, 1)));
                addValues(reducer, dtype);
            }
        }
        for (DType dtype : Values.NUMERIC) {
            SHAPES.stream().filter(shape -> shape.rank() > 0).forEach(shape -> addLines(dtype, shape));
            addLines(dtype, Shape.of(3, 0));
            addSpecialLines(dtype);
        }
    }

    /** Every subset of the axes that the reducer takes, of six axes every fifth, with and without them in the result. */
    private void addAllAxes(Reducer reducer, DType dtype, Shape shape, HostArray x) {
        List<Op> ops = new ArrayList<>();
        for (int subset = 0; subset < 1 << shape.rank(); subset += shape.rank() < 6 ? 1 : 5) {
            int chosen = subset;
            List<Integer> axes = IntStream.range(0, shape.rank())
                    .filter(axis -> (chosen >> axis & 1) == 1)
                    .boxed()
                    .toList();
            boolean ofNone = axes.stream().anyMatch(axis -> shape.extent(axis) == 0);
            if (!ofNone || reducer == Reducer.SUM || reducer == Reducer.PROD) {
                ops.add(new Reduction(reducer, axes, false));
                ops.add(new Reduction(reducer, axes, true));
            }
        }
        String op = ops.get(0).kind();
        list.derived(op, dtype, "all axes of " + shape, CaseList.applied(ops.toArray(Op[]::new)), x);
    }

    private void addValues(Reducer reducer, DType dtype) {
        Op rows = new Reduction(reducer, List.of(1), false);
        Op columns = new Reduction(reducer, List.of(0), false);
        String op = rows.kind();
        HostArray pairs = Values.special(dtype, Shape.of(13, 2));
        list.derived(op, dtype, "special values", CaseList.applied(rows, columns), pairs);
        if (dtype.isFloating() && (reducer == Reducer.MAX || reducer == Reducer.MIN)) {
            HostArray infinite = HostArray.generate(
                    new TensorType(dtype, Shape.of(2, 3)),
                    i -> i < 3 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
            list.derived(op, dtype, "infinite rows", CaseList.applied(rows), infinite);
        }
        HostArray many = Values.random(dtype, Shape.of(3, 2049), 2);
        list.derived(op, dtype, "many elements", CaseList.applied(rows, columns), many);
        list.derived(rows, dtype, "equal elements", HostArray.full(many.type().with(Shape.of(2, 5)), -3));
        if (dtype.isInteger()) {
            double least = dtype == DType.INT32 ? Integer.MIN_VALUE : Long.MIN_VALUE;
            list.derived(
                    rows, dtype, "the least integer", HostArray.full(many.type().with(Shape.of(2, 5)), least));
        }
        if (dtype == DType.INT32) {
            HostArray half = HostArray.full(many.type().with(Shape.of(2, 3)), 1 << 30);
            list.derived(rows, dtype, "sums that wrap", half);
        }
    }

    private void addLines(DType dtype, Shape shape) {
        HostArray x = Values.random(dtype, shape, 3);
        List<Op> maxima = new ArrayList<>();
        List<Op> sums = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.extent(axis) > 0) {
                maxima.add(new ArgMax(axis));
            }
            sums.addAll(runningSums(axis));
        }
        list.exact("argmax", dtype, "all axes of " + shape, CaseList.applied(maxima.toArray(Op[]::new)), x);
        list.derived("cumsum", dtype, "all axes of " + shape, CaseList.applied(sums.toArray(Op[]::new)), x);
    }

    private static List<Op> runningSums(int axis) {
        return List.of(
                new CumSum(axis, false, false),
                new CumSum(axis, true, false),
                new CumSum(axis, false, true),
                new CumSum(axis, true, true));
    }

    private void addSpecialLines(DType dtype) {
        HostArray special = Values.special(dtype, Shape.of(13, 3));
        HostArray ties = HostArray.generate(special.type().with(Shape.of(6, 4)), i -> i * 5 % 3);
        List<Op> sums = new ArrayList<>(runningSums(0));
        sums.addAll(runningSums(1));
        list.exact("argmax", dtype, "special values", CaseList.applied(new ArgMax(0), new ArgMax(1)), special);
        list.exact("argmax", dtype, "ties", CaseList.applied(new ArgMax(0), new ArgMax(1)), ties);
        list.derived("cumsum", dtype, "special values", CaseList.applied(sums.toArray(Op[]::new)), special);
        list.derived(
                "cumsum",
                dtype,
                "many elements",
                CaseList.applied(sums.toArray(Op[]::new)),
                Values.random(dtype, Shape.of(2, 1025), 4));
    }
}
