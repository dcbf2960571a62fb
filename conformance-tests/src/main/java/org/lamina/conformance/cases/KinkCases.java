package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.NativeCase;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Count;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Unary;
import org.lamina.layer.Tensor;

/** Functions where their derivative is a choice, or where a careless formula gives NaN. */
final class KinkCases {
    private static final double[] AROUND_ZERO = {-1.5, 0, 2};

    private final List<NativeCase> cases = new ArrayList<>();
    private final DType dtype;

    private KinkCases(DType dtype) {
        this.dtype = dtype;
    }

    static List<NativeCase> all(DType dtype) {
        KinkCases list = new KinkCases(dtype);
        list.addUses();
        list.addSteps();
        list.addTies();
        list.addActivations();
        list.addPowers();
        list.addChoices();
        return list.cases;
    }

    private HostArray vector(double... values) {
        return HostArray.of(Shape.of(values.length), values).cast(dtype);
    }

    private void add(String rule, String subject, String name, Body body, HostArray... point) {
        cases.add(NativeCase.of(rule, subject, name, body, List.of(point)));
    }

    private void addUses() {
        add(
                "5.2",
                "add",
                "a value and its square",
                (g, in) -> {
                    Node x = in.get(0);
                    return List.of(g.add(g.mul(x, x), x));
                },
                vector(2, 3));
        add(
                "5.2",
                "mul",
                "an input without use",
                (g, in) -> List.of(g.mul(in.get(0), in.get(0))),
                vector(2),
                vector(3));
    }

    private void addSteps() {
        add("5.3", "abs", "at 0", CaseList.applied(Unary.ABS), vector(AROUND_ZERO));
        for (Op op : List.of(Unary.SIGN, Unary.FLOOR, new StopGradient())) {
            add(
                    "5.3",
                    op.kind(),
                    "beside another path",
                    (g, in) -> {
                        Node x = in.get(0);
                        return List.of(g.add(g.mul(x, x), g.apply(op, x)));
                    },
                    vector(AROUND_ZERO));
        }
        for (Op op : List.of(new ArgMax(0), new Cast(DType.INT32), new Count(List.of(0), DType.INT64))) {
            add(
                    "5.3",
                    op.kind(),
                    "beside another path",
                    (g, in) -> {
                        Node x = in.get(0);
                        return List.of(g.mul(x, g.apply(new Cast(dtype), g.apply(op, x))));
                    },
                    vector(AROUND_ZERO));
        }
        add(
                "5.3",
                "less",
                "a mask",
                (g, in) -> {
                    Node x = in.get(0);
                    return List.of(g.mul(x, g.apply(new Cast(dtype), positive(g, x))));
                },
                vector(AROUND_ZERO));
        DType other = dtype == DType.FLOAT32 ? DType.FLOAT64 : DType.FLOAT32;
        add(
                "5.3",
                "cast",
                "to the other width and back",
                (g, in) -> {
                    Node x = in.get(0);
                    return List.of(g.mul(x, g.apply(new Cast(dtype), g.apply(new Cast(other), x))));
                },
                vector(AROUND_ZERO));
    }

    private static Node positive(GraphBuilder graph, Node x) {
        return graph.apply(Comparison.LESS, graph.scalar(0, x), x);
    }

    private void addTies() {
        for (Binary op : List.of(Binary.MAX, Binary.MIN)) {
            add("5.4", op.kind(), "ties", CaseList.applied(op), vector(1, 2, 3), vector(2, 2, 2));
        }
        for (Reducer reducer : List.of(Reducer.MAX, Reducer.MIN)) {
            Op op = new Reduction(reducer, List.of(0), false);
            add("5.4", op.kind(), "ties", CaseList.applied(op), vector(4, 1, 1, 4, 4));
            Op several = new Reduction(reducer, List.of(0, 1), false);
            HostArray point = HostArray.of(Shape.of(2, 3), 4.0, 1, 4, 1, 1, 4).cast(dtype);
            add("5.4", op.kind(), "ties over two axes", CaseList.applied(several), point);
        }
    }

    private void addActivations() {
        add("5.5", "relu", "at 0", CompositeCases.body(Tensor::relu), vector(AROUND_ZERO));
        add("5.5", "clip", "at its bounds", CompositeCases.body(x -> x.clip(-1, 2)), vector(-1.5, -1, 0, 2, 2.5));
    }

    private void addPowers() {
        add("5.6", "pow", "exponent 0", CaseList.applied(Binary.POW), vector(0, 3), vector(0, 0));
        add("5.6", "pow", "base 0", CaseList.applied(Binary.POW), vector(0, 0), vector(2, 1));
    }

    private void addChoices() {
        add(
                "5.7",
                "select",
                "a guarded logarithm",
                (g, in) -> {
                    Node x = in.get(0);
                    Node safe = g.select(positive(g, x), x, g.scalar(1, x));
                    return List.of(g.select(positive(g, x), g.apply(Unary.LOG, safe), g.scalar(0, x)));
                },
                vector(AROUND_ZERO));
    }
}
