package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Broadcast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.CumSum;
import org.lamina.graph.Gather;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.graph.Unary;

/** Every primitive that has a derivative, at points where it is smooth. */
public final class DerivativeCases {
    private static final HostArray INDICES = HostArray.of(Shape.of(2, 2), 2, 0, 2, 1);

    private final List<DerivativeCase> cases = new ArrayList<>();

    private DerivativeCases() {}

    /** All cases. */
    public static List<DerivativeCase> all() {
        DerivativeCases list = new DerivativeCases();
        list.addUnary();
        list.addBinary();
        list.addReductions();
        list.addMatMul();
        list.addStructure();
        list.addIndexing();
        list.addComposite();
        return List.copyOf(list.cases);
    }

    private void add(Op op, String name, HostArray... point) {
        cases.add(new DerivativeCase(op.kind(), name, CaseList.applied(op), List.of(point)));
    }

    /** Distinct values of both signs, none near 0, where several ops have a kink. */
    private static HostArray point(Shape shape, long seed) {
        HostArray values = Values.random(DType.FLOAT64, shape, seed);
        return HostArray.generate(
                values.type(), i -> values.doubleAt(i) + Math.copySign(0.2 + 0.01 * i, values.doubleAt(i)));
    }

    private static HostArray positive(Shape shape, long seed) {
        HostArray values = point(shape, seed);
        return HostArray.generate(values.type(), i -> Math.abs(values.doubleAt(i)));
    }

    private void addUnary() {
        for (Unary op : Unary.values()) {
            boolean needsPositive = op == Unary.LOG || op == Unary.SQRT || op == Unary.LOG1P;
            if (op != Unary.NOT) {
                add(op, "matrix", needsPositive ? positive(Shape.of(2, 3), 1) : point(Shape.of(2, 3), 1));
                add(op, "scalar", positive(Shape.scalar(), 2));
            }
        }
    }

    private void addBinary() {
        for (Binary op : Binary.values()) {
            add(op, "same shapes", positive(Shape.of(2, 3), 1), point(Shape.of(2, 3), 2));
            add(op, "broadcast left", positive(Shape.of(3), 3), point(Shape.of(2, 3), 4));
            add(op, "broadcast right", positive(Shape.of(2, 2), 5), point(Shape.scalar(), 6));
            add(op, "broadcast both", positive(Shape.of(2, 1, 2), 7), point(Shape.of(3, 1), 8));
        }
        cases.add(new DerivativeCase(
                "pow",
                "negative base, whole exponent",
                (g, in) -> {
                    Node three = g.scalar(3, in.get(0));
                    return List.of(g.apply(Binary.POW, in.get(0), three));
                },
                List.of(point(Shape.of(5), 9))));
        cases.add(new DerivativeCase(
                "mul",
                "an operand by itself",
                (g, in) -> List.of(g.mul(in.get(0), in.get(0))),
                List.of(point(Shape.of(3), 10))));
        cases.add(new DerivativeCase(
                "select",
                "both sides",
                (g, in) -> {
                    Node condition = g.apply(Comparison.LESS, in.get(0), g.scalar(0, in.get(0)));
                    return List.of(g.select(condition, g.mul(in.get(0), in.get(1)), g.apply(Unary.SIN, in.get(1))));
                },
                List.of(point(Shape.of(4), 11), point(Shape.of(2, 1), 12))));
    }

    private void addReductions() {
        for (Reducer reducer : Reducer.values()) {
            for (List<Integer> axes : List.of(List.of(1), List.of(0, 2), List.of(0, 1, 2))) {
                add(new Reduction(reducer, axes, false), "axes " + axes, point(Shape.of(2, 3, 2), 1));
                add(new Reduction(reducer, axes, true), "axes " + axes + " kept", point(Shape.of(2, 3, 2), 2));
            }
        }
        Op product = new Reduction(Reducer.PROD, List.of(1), false);
        add(product, "one zero, two zeros", HostArray.of(Shape.of(2, 3), 2.0, 0, 3, 0, 5, 0));
        for (int form = 0; form < 4; form++) {
            add(new CumSum(0, (form & 1) != 0, (form & 2) != 0), "form " + form, point(Shape.of(3, 2), 3));
            add(new CumSum(1, (form & 1) != 0, (form & 2) != 0), "axis 1, form " + form, point(Shape.of(2, 3), 4));
        }
    }

    private void addMatMul() {
        add(new MatMul(), "matrices", point(Shape.of(2, 3), 1), point(Shape.of(3, 2), 2));
        add(new MatMul(), "batches", point(Shape.of(2, 2, 3), 3), point(Shape.of(2, 3, 1), 4));
        add(new MatMul(), "one batch", point(Shape.of(2, 2, 3), 5), point(Shape.of(3, 2), 6));
        add(new MatMul(), "broadcast batches", point(Shape.of(2, 1, 1, 2), 7), point(Shape.of(3, 2, 1), 8));
    }

    /** Ops that move elements are linear; squared first, their second derivative is not 0. */
    private void addMoved(Op op, Shape... shapes) {
        HostArray[] point = new HostArray[shapes.length];
        for (int i = 0; i < shapes.length; i++) {
            point[i] = point(shapes[i], i);
        }
        cases.add(new DerivativeCase(
                op.kind(),
                op.toString(),
                (g, in) -> List.of(g.apply(op, in.stream().map(x -> g.mul(x, x)).toList())),
                List.of(point)));
    }

    private void addStructure() {
        addMoved(new Reshape(Shape.of(3, 2)), Shape.of(2, 3));
        addMoved(new Transpose(List.of(2, 0, 1)), Shape.of(2, 3, 2));
        addMoved(new Broadcast(Shape.of(2, 2, 3)), Shape.of(2, 1));
        addMoved(new Concat(1), Shape.of(2, 1), Shape.of(2, 2), Shape.of(2, 0));
        addMoved(new Pad(0, 1, 2, 7), Shape.of(2, 2));
        addMoved(new Slice(0, 1, 2, 1), Shape.of(4, 2));
        addMoved(new Slice(0, 0, 3, 3), Shape.of(8));
        addMoved(new Slice(1, 6, 3, -2), Shape.of(2, 7));
        addMoved(new Slice(0, 0, 0, 1), Shape.of(3));
        addMoved(new Slice(1, 2, 1, 1), Shape.of(1, 3));
    }

    private void addIndexing() {
        for (int axis = 0; axis < 2; axis++) {
            Op gather = new Gather(axis);
            cases.add(new DerivativeCase(
                    "gather",
                    "duplicates along axis " + axis,
                    (g, in) -> List.of(g.apply(gather, g.mul(in.get(0), in.get(0)), g.constant(INDICES))),
                    List.of(point(Shape.of(3, 3), axis))));
            Op scatter = new ScatterAdd(axis, 4);
            cases.add(new DerivativeCase(
                    "scatter_add",
                    "duplicates along axis " + axis,
                    (g, in) -> List.of(g.apply(scatter, g.mul(in.get(0), in.get(0)), g.constant(INDICES))),
                    List.of(point(axis == 0 ? Shape.of(2, 2, 3) : Shape.of(3, 2, 2), axis))));
        }
    }

    private void addComposite() {
        cases.add(new DerivativeCase(
                "composite",
                "without a derivative of its own",
                (g, in) -> {
                    Node value = g.apply(Unary.EXP, g.apply(Unary.SIN, in.get(0)));
                    return List.of(g.apply(new Composite("exp_of_sin", null), value, in.get(0)));
                },
                List.of(point(Shape.of(3), 1))));
        Composite.Derivative own =
                (g, arguments, y, dy) -> List.of(g.mul(g.mul(dy, y), g.apply(Unary.COS, arguments.get(0))));
        cases.add(new DerivativeCase(
                "composite",
                "with a derivative of its own",
                (g, in) -> {
                    Node value = g.apply(Unary.EXP, g.apply(Unary.SIN, in.get(0)));
                    return List.of(g.apply(new Composite("exp_of_sin", own), value, in.get(0)));
                },
                List.of(point(Shape.of(3), 2))));
    }
}
