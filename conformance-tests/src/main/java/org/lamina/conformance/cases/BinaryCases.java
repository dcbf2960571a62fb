package org.lamina.conformance.cases;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Binary;
import org.lamina.graph.Comparison;
import org.lamina.graph.Logical;
import org.lamina.graph.Op;

/** Ops of two operands that broadcast. */
final class BinaryCases {
    private static final List<List<Shape>> PAIRS = List.of(
            List.of(Shape.scalar(), Shape.scalar()),
            List.of(Shape.scalar(), Shape.of(3)),
            List.of(Shape.of(3), Shape.scalar()),
            List.of(Shape.of(1), Shape.of(0)),
            List.of(Shape.of(0, 3), Shape.of(3)),
            List.of(Shape.of(1, 1), Shape.of(2, 0)),
            List.of(Shape.of(2, 3), Shape.of(2, 3)),
            List.of(Shape.of(2, 3), Shape.of(3)),
            List.of(Shape.of(3), Shape.of(2, 3)),
            List.of(Shape.of(2, 1), Shape.of(1, 3)),
            List.of(Shape.of(1, 1), Shape.of(5)),
            List.of(Shape.of(4, 1, 3), Shape.of(1, 5, 1)),
            List.of(Shape.of(5, 1), Shape.of(4, 1, 3)),
            List.of(Shape.of(33, 17), Shape.of(17)),
            List.of(Shape.of(2, 1, 3, 1, 2, 1), Shape.of(1, 2, 1, 3, 1, 2)),
            List.of(Shape.of(2, 2, 1, 3, 1, 2), Shape.of(3, 1, 1)));

    private final CaseList list;

    BinaryCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (Binary op : Binary.values()) {
            boolean floatingOnly = op == Binary.DIV || op == Binary.POW;
            (floatingOnly ? Values.FLOATING : Values.NUMERIC).forEach(dtype -> add(op, dtype));
        }
        for (Comparison op : Comparison.values()) {
            Values.NUMERIC.forEach(dtype -> add(op, dtype));
        }
        for (Logical op : Logical.values()) {
            add(op, DType.BOOL);
        }
        Values.FLOATING.forEach(this::addPowers);
    }

    private void add(Op op, DType dtype) {
        for (List<Shape> pair : PAIRS) {
            HostArray x = Values.random(dtype, pair.get(0), 1);
            HostArray y = Values.random(dtype, pair.get(1), 2);
            add(op, dtype, pair.get(0) + " with " + pair.get(1), x, y);
        }
        add(op, dtype, "pairs of special values", Values.specials(dtype, true), Values.specials(dtype, false));
        add(op, dtype, "equal operands", Values.random(dtype, Shape.of(9), 3), Values.random(dtype, Shape.of(9), 3));
        HostArray x = Values.random(dtype, Shape.of(2, 5), 4);
        HostArray constant = Values.random(dtype, Shape.of(5), 5);
        list.derived(
                op.kind(),
                dtype,
                "a constant on either side",
                (graph, inputs) -> List.of(
                        graph.apply(op, inputs.get(0), graph.constant(constant)),
                        graph.apply(op, graph.constant(constant), inputs.get(0)),
                        graph.apply(op, inputs.get(0), inputs.get(0))),
                x);
    }

    private void add(Op op, DType dtype, String name, HostArray x, HostArray y) {
        if (op == Binary.POW || op == Binary.DIV || op == Binary.MAX || op == Binary.MIN) {
            list.derived(op, dtype, name, x, y);
        } else {
            list.exact(op, dtype, name, x, y);
        }
    }

    private void addPowers(DType dtype) {
        HostArray exponents = Values.spread(dtype, -8, 8, 33);
        list.derived(
                Binary.POW,
                dtype,
                "fractional and whole exponents",
                Values.magnitudes(dtype, -3, 3, 50).reshape(Shape.of(50, 1)),
                exponents);
        list.derived(
                Binary.POW,
                dtype,
                "negative bases",
                Values.spread(dtype, -4, -0.25, 16).reshape(Shape.of(16, 1)),
                exponents);
    }
}
