package org.lamina.conformance.cases;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Concat;
import org.lamina.graph.Count;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Select;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/** Graphs whose batch size is open: compiled once, called with several. */
final class OpenBatchCases {
    private static final Shape OPEN = Shape.of(Shape.BATCH, 3);
    private static final long[] BATCHES = {4, 1, 7};

    private final CaseList list;

    OpenBatchCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType dtype : Values.FLOATING) {
            add(dtype, Unary.TANH);
            add(dtype, new Transpose(List.of(1, 0)));
            add(dtype, new Reshape(Shape.of(Shape.BATCH, 1, 3)));
            add(dtype, new Broadcast(Shape.of(2, Shape.BATCH, 3)));
            add(dtype, new Slice(1, 2, 2, -1));
            add(dtype, new Pad(1, 1, 2, 5));
            add(dtype, new CumSum(0, false, true));
            add(dtype, new CumSum(1, true, false));
            add(dtype, new ArgMax(0));
            add(dtype, new ArgMax(1));
            add(dtype, new Cast(DType.BOOL));
            for (Reducer reducer : Reducer.values()) {
                add(dtype, new Reduction(reducer, List.of(0), false));
                add(dtype, new Reduction(reducer, List.of(1), true));
                add(dtype, new Reduction(reducer, List.of(0, 1), false));
            }
            addOfSeveral(dtype);
        }
        Values.NUMERIC.forEach(this::addCount);
    }

    private void add(DType dtype, Op op) {
        call(op.kind(), dtype, op.toString(), CaseList.applied(op));
    }

    private void call(String op, DType dtype, String name, Body body) {
        List<List<HostArray>> calls = Arrays.stream(BATCHES)
                .mapToObj(batch -> List.of(Values.random(dtype, OPEN.bind(batch), batch)))
                .toList();
        list.calls(op, dtype, "open batch, " + name, List.of(new TensorType(dtype, OPEN)), body, calls);
    }

    /** Counts need no value of their operand, not even a dtype that fits. */
    private void addCount(DType dtype) {
        for (List<Integer> axes : List.of(List.of(0), List.of(0, 1))) {
            call("count", DType.FLOAT32, axes + " as " + dtype, CaseList.applied(new Count(axes, dtype)));
        }
    }

    private void addOfSeveral(DType dtype) {
        HostArray row = Values.random(dtype, Shape.of(3), 1);
        HostArray square = Values.random(dtype, Shape.of(3, 3), 2);
        HostArray indices = HostArray.of(Shape.of(4), 2, 0, 2, 1);
        for (Binary op : Binary.values()) {
            one(op, dtype, "with a constant row", (graph, x) -> graph.apply(op, exp(graph, x), graph.constant(row)));
        }
        one(new MatMul(), dtype, "by a constant", (g, x) -> g.apply(new MatMul(), x, g.constant(square)));
        one(
                new MatMul(),
                dtype,
                "over the batch",
                (g, x) -> g.apply(new MatMul(), g.apply(new Transpose(List.of(1, 0)), x), x));
        one(new Concat(1), dtype, "with itself", (g, x) -> g.apply(new Concat(1), x, exp(g, x), x));
        one(new Gather(1), dtype, "along axis 1", (g, x) -> g.apply(new Gather(1), x, g.constant(indices)));
        one(
                new ScatterAdd(1, 4),
                dtype,
                "along axis 1",
                (g, x) -> g.apply(
                        new ScatterAdd(1, 4),
                        g.apply(new Concat(1), x, g.apply(new Slice(1, 0, 1, 1), x)),
                        g.constant(indices)));
        one(
                new Select(),
                dtype,
                "by its own sign",
                (g, x) -> g.select(g.apply(Comparison.LESS, g.scalar(0, x), x), x, g.constant(row)));
    }

    private void one(Op op, DType dtype, String name, BiFunction<GraphBuilder, Node, Node> body) {
        call(op.kind(), dtype, name, CaseList.single((graph, inputs) -> body.apply(graph, inputs.get(0))));
    }

    private static Node exp(GraphBuilder graph, Node x) {
        return graph.apply(Unary.EXP, x);
    }
}
