package org.lamina.conformance.cases;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.MatMul;
import org.lamina.graph.Op;
import org.lamina.graph.Transpose;

/** The matrix product. */
final class MatMulCases {
    private static final Op MATMUL = new MatMul();
    private static final Op SWAP = new Transpose(List.of(1, 0));
    private static final List<List<Shape>> PAIRS = List.of(
            List.of(Shape.of(2, 3), Shape.of(3, 4)),
            List.of(Shape.of(1, 1), Shape.of(1, 1)),
            List.of(Shape.of(1, 7), Shape.of(7, 1)),
            List.of(Shape.of(7, 1), Shape.of(1, 7)),
            List.of(Shape.of(0, 3), Shape.of(3, 2)),
            List.of(Shape.of(2, 0), Shape.of(0, 3)),
            List.of(Shape.of(2, 3), Shape.of(3, 0)),
            List.of(Shape.of(64, 300), Shape.of(300, 17)),
            List.of(Shape.of(5, 2, 3), Shape.of(5, 3, 4)),
            List.of(Shape.of(5, 2, 3), Shape.of(3, 4)),
            List.of(Shape.of(2, 3), Shape.of(5, 3, 4)),
            List.of(Shape.of(5, 2, 3), Shape.of(1, 3, 4)),
            List.of(Shape.of(4, 1, 2, 3), Shape.of(1, 5, 3, 2)),
            List.of(Shape.of(5, 3, 2), Shape.of(4, 1, 2, 3)),
            List.of(Shape.of(0, 2, 3), Shape.of(0, 3, 2)),
            List.of(Shape.of(0, 2, 3), Shape.of(3, 2)),
            List.of(Shape.of(5, 2, 0), Shape.of(0, 3)),
            List.of(Shape.of(2, 1, 1, 2, 2, 3), Shape.of(2, 1, 3, 1, 3, 1)));

    private final CaseList list;

    MatMulCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType dtype : Values.FLOATING) {
            for (List<Shape> pair : PAIRS) {
                String name = pair.get(0) + " with " + pair.get(1);
                list.derived(
                        MATMUL,
                        dtype,
                        name,
                        Values.random(dtype, pair.get(0), 1),
                        Values.random(dtype, pair.get(1), 2));
            }
            list.derived(
                    MATMUL,
                    dtype,
                    "special values",
                    Values.special(dtype, Shape.of(13, 2)),
                    Values.random(dtype, Shape.of(2, 3), 3));
            addTransposed(dtype);
            list.derived(MATMUL, dtype, "by the identity", Values.random(dtype, Shape.of(64, 64), 6), identity(dtype));
        }
    }

    /** A product with it keeps every bit, but not where a framework computes with fewer. */
    private static HostArray identity(DType dtype) {
        return HostArray.generate(new TensorType(dtype, Shape.of(64, 64)), i -> i % 65 == 0 ? 1 : 0);
    }

    /** Operands whose elements lie in another order in memory, and results that are transposed after. */
    private void addTransposed(DType dtype) {
        HostArray x = Values.random(dtype, Shape.of(5, 3), 4);
        HostArray y = Values.random(dtype, Shape.of(4, 5), 5);
        list.derived(
                MATMUL.kind(),
                dtype,
                "transposed operands and results",
                CaseList.single((graph, inputs) -> graph.apply(
                        SWAP, graph.apply(MATMUL, graph.apply(SWAP, inputs.get(0)), graph.apply(SWAP, inputs.get(1))))),
                x,
                y);
    }
}
