package org.lamina.conformance.cases;

import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Gather;
import org.lamina.graph.Op;
import org.lamina.graph.ScatterAdd;

/** Gather and its adjoint. */
final class IndexingCases {
    private static final List<Shape> SHAPES =
            List.of(Shape.of(5), Shape.of(5, 3), Shape.of(2, 5), Shape.of(2, 3, 4), Shape.of(2, 1, 3, 1, 2, 2));
    private static final List<Shape> INDICES =
            List.of(Shape.scalar(), Shape.of(1), Shape.of(0), Shape.of(7), Shape.of(2, 2), Shape.of(3, 0));

    private final CaseList list;

    IndexingCases(CaseList list) {
        this.list = list;
    }

    void add() {
        for (DType indexType : Values.INTEGER) {
            for (Shape shape : SHAPES) {
                for (int axis = 0; axis < shape.rank(); axis++) {
                    add(indexType, shape, axis);
                }
            }
            addManyDuplicates(indexType);
        }
    }

    private void add(DType indexType, Shape shape, int axis) {
        long size = shape.extent(axis);
        for (Shape indexShape : INDICES) {
            if (shape.rank() + indexShape.rank() > 7) {
                continue;
            }
            HostArray indices = indices(indexType, indexShape, size);
            String name = "axis " + axis + " of " + shape + " by " + indexType + " " + indexShape;
            for (DType dtype : Values.ALL) {
                list.exact(new Gather(axis), dtype, name, Values.special(dtype, shape), indices);
            }
            Shape slices = shape.slice(0, axis).concat(indexShape).concat(shape.slice(axis + 1, shape.rank()));
            Op scatter = new ScatterAdd(axis, size + 1);
            for (DType dtype : Values.NUMERIC) {
                list.derived(scatter, dtype, name, Values.random(dtype, slices, 1), indices);
            }
        }
    }

    private void addManyDuplicates(DType indexType) {
        HostArray indices = indices(indexType, Shape.of(500), 3);
        for (DType dtype : Values.NUMERIC) {
            HostArray x = Values.random(dtype, Shape.of(500, 2), 2);
            list.derived(new ScatterAdd(0, 3), dtype, "many duplicates by " + indexType, x, indices);
            HostArray special = Values.special(dtype, Shape.of(500, 2));
            list.derived(new ScatterAdd(0, 3), dtype, "special values by " + indexType, special, indices);
        }
    }

    /** Indices in no order, with duplicates where there are more than the axis has elements. */
    private static HostArray indices(DType dtype, Shape shape, long size) {
        return HostArray.generate(new TensorType(dtype, shape), i -> (i * 2 + 1) % size);
    }
}
