package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.CumSum;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Transpose;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.layers.Conv2d;

/**
 * A graph whose results are sums of n terms each, or of fewer.
 *
 * @param name of the kernel that computes it
 * @param most the greatest n that it is measured at, for the time that takes
 * @param maker makes the graph
 */
record SumKernel(String name, long most, Maker maker) {
    private static final long MANY = 1 << 24;
    private static final long SOME = 1 << 20;
    private static final long FEW = 1 << 16;
    /** The terms that one image of convolutions gives. */
    private static final long IMAGE = 64;

    /** Makes a graph whose inputs are all factors of terms. */
    @FunctionalInterface
    interface Maker {
        Graph graph(long n, DType dtype);
    }

    /** All that are measured. */
    static List<SumKernel> all() {
        return List.of(
                sum("sum of all", MANY, List.of(0), n -> Shape.of(n)),
                reduction("mean of all", MANY, Reducer.MEAN, List.of(0), n -> Shape.of(n)),
                sum("sum of each row", SOME, List.of(1), n -> Shape.of(8, n)),
                sum("sum of each column", SOME, List.of(0), n -> Shape.of(n, 8)),
                sum("sum along a middle axis", SOME, List.of(1), n -> Shape.of(2, n, 3)),
                sum("sum over a batch of images", SOME, List.of(0, 2), n -> Shape.of((n + 9) / 10, 4, 10)),
                product("product 1 x n x 1", SOME, 1, 1),
                product("product 1 x n x 16", SOME, 1, 16),
                product("product 16 x n x 1", SOME, 16, 1),
                product("product 4 x n x 4", SOME, 4, 4),
                product("product 64 x n x 64", FEW, 64, 64),
                new SumKernel("product by weight", FEW, SumKernel::productByWeight),
                new SumKernel("running sum", SOME, SumKernel::runningSum),
                new SumKernel("scatter-add", SOME, SumKernel::scatterAdd),
                new SumKernel("convolution by weight", 4 * FEW, SumKernel::convolutionByWeight));
    }

    /** The shape for n terms. */
    private interface Extents {
        Shape of(long n);
    }

    private static SumKernel sum(String name, long most, List<Integer> axes, Extents extents) {
        return reduction(name, most, Reducer.SUM, axes, extents);
    }

    private static SumKernel reduction(String name, long most, Reducer reducer, List<Integer> axes, Extents extents) {
        return new SumKernel(name, most, (n, dtype) -> {
            GraphBuilder graph = new GraphBuilder();
            Node x = graph.input("x", new TensorType(dtype, extents.of(n)));
            return Graph.of(List.of(x), List.of(graph.apply(new Reduction(reducer, axes, false), x)));
        });
    }

    private static SumKernel product(String name, long most, long rows, long columns) {
        return new SumKernel(name, most, (n, dtype) -> {
            GraphBuilder graph = new GraphBuilder();
            Node x = graph.input("x", new TensorType(dtype, Shape.of(rows, n)));
            Node y = graph.input("y", new TensorType(dtype, Shape.of(n, columns)));
            return Graph.of(List.of(x, y), List.of(graph.apply(new MatMul(), x, y)));
        });
    }

    private static Graph productByWeight(long n, DType dtype) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(dtype, Shape.of(n, 16)));
        Node dy = graph.input("dy", new TensorType(dtype, Shape.of(n, 16)));
        return Graph.of(
                List.of(x, dy), List.of(graph.apply(new MatMul(), graph.apply(new Transpose(List.of(1, 0)), x), dy)));
    }

    private static Graph runningSum(long n, DType dtype) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(dtype, Shape.of(n)));
        return Graph.of(List.of(x), List.of(graph.apply(new CumSum(0, false, false), x)));
    }

    private static Graph scatterAdd(long n, DType dtype) {
        GraphBuilder graph = new GraphBuilder();
        Node x = graph.input("x", new TensorType(dtype, Shape.of(n, 2)));
        Node indices = graph.constant(HostArray.full(new TensorType(DType.INT64, Shape.of(n)), 1));
        return Graph.of(List.of(x), List.of(graph.apply(new ScatterAdd(0, 3), x, indices)));
    }

    /** The least number of terms that it is measured at. */
    long least() {
        return name.equals("convolution by weight") ? IMAGE : 1;
    }

    /** Of images of 8 x 8 results. */
    private static Graph convolutionByWeight(long n, DType dtype) {
        TensorType images = new TensorType(dtype, Shape.of((n + IMAGE - 1) / IMAGE, 2, 10, 10));
        TracedLayer traced = Trace.of(
                new Conv2d(4, List.of(3L, 3L), List.of(1L, 1L), List.of(List.of(0L, 0L), List.of(0L, 0L))),
                dtype,
                List.of(images),
                false);
        Node y = traced.outputs().get(0);
        Node dy = traced.graph().input("dy", y.type());
        Node weight = Objects.requireNonNull(traced.declared().get("weight"));
        List<Node> given = new ArrayList<>(traced.inputs());
        given.add(dy);
        return Graph.of(given, Differentiation.pullback(traced.graph(), List.of(y), List.of(dy), List.of(weight)));
    }

    @Override
    public String toString() {
        return name;
    }
}
