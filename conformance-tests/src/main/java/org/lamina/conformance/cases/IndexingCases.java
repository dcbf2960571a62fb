package org.lamina.conformance.cases;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Gather;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
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

    /** One graph for all shapes of indices, of which each directs an output. */
    private void add(DType indexType, Shape shape, int axis) {
        long size = shape.extent(axis);
        List<HostArray> indices = INDICES.stream()
                .filter(index -> shape.rank() + index.rank() <= 7)
                .map(index -> indices(indexType, index, size))
                .toList();
        String name = "axis " + axis + " of " + shape + " by " + indexType;
        for (DType dtype : Values.ALL) {
            HostArray[] inputs = Stream.concat(Stream.of(Values.special(dtype, shape)), indices.stream())
                    .toArray(HostArray[]::new);
            list.exact("gather", dtype, name, (graph, in) -> gathers(graph, in, axis), inputs);
        }
        for (DType dtype : Values.NUMERIC) {
            HostArray[] inputs = indices.stream()
                    .flatMap(index -> Stream.of(slices(dtype, shape, axis, index.shape()), index))
                    .toArray(HostArray[]::new);
            Op scatter = new ScatterAdd(axis, size + 1);
            list.derived("scatter_add", dtype, name, (graph, in) -> scatters(graph, in, scatter), inputs);
        }
    }

    private static List<Node> gathers(GraphBuilder graph, List<Node> inputs, int axis) {
        return inputs.subList(1, inputs.size()).stream()
                .map(indices -> graph.apply(new Gather(axis), inputs.get(0), indices))
                .toList();
    }

    private static List<Node> scatters(GraphBuilder graph, List<Node> inputs, Op scatter) {
        return IntStream.range(0, inputs.size() / 2)
                .mapToObj(i -> graph.apply(scatter, inputs.get(2 * i), inputs.get(2 * i + 1)))
                .toList();
    }

    private static HostArray slices(DType dtype, Shape shape, int axis, Shape indices) {
        Shape before = shape.slice(0, axis);
        return Values.random(dtype, before.concat(indices).concat(shape.slice(axis + 1, shape.rank())), 1);
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
