package org.lamina.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Which sums come in blocks, and what they become. */
class LongSumsTest {
    private static final long N = Shape.BATCH;

    private record Naive(boolean padded) implements Kernels {
        @Override
        public Accumulation accumulation(DType dtype) {
            return new Accumulation(1000, 200, 300, 100, 100, new Accumulation.Products(100, 500, 2000, padded));
        }
    }

    private final GraphBuilder builder = new GraphBuilder();

    private Node input(DType dtype, long... sizes) {
        return builder.input("x" + sizes.length + dtype, new TensorType(dtype, Shape.of(sizes)));
    }

    private Node floats(long... sizes) {
        return input(DType.FLOAT32, sizes);
    }

    private static LongSums sums(boolean padded, Node... outputs) {
        List<Node> inputs = GraphBuilder.reachable(List.of(outputs)).stream()
                .filter(node -> node.op() instanceof Input)
                .toList();
        return new LongSums(Graph.of(inputs, List.of(outputs)), new Naive(padded));
    }

    private static List<String> kinds(Graph graph) {
        return graph.nodes().stream().map(node -> node.op().kind()).toList();
    }

    /** The ops of a node's graph in blocks. */
    private static List<String> kinds(Node output) {
        Graph graph = sums(false, output).graph();
        assertThat(graph.outputTypes()).containsExactly(output.type());
        return kinds(graph);
    }

    private static void assertUntouched(Node output) {
        LongSums sums = sums(false, output);
        assertThat(sums.graph().outputs()).containsExactly(output);
        assertThat(sums.dependsOnBatch()).isFalse();
    }

    private Node mean(Node x, Integer... axes) {
        return builder.apply(new Reduction(Reduction.Reducer.MEAN, List.of(axes), false), x);
    }

    @Test
    void shortOnesStayTheVeryNodes() {
        assertUntouched(builder.sum(floats(1000), List.of(0), false));
        assertUntouched(builder.sum(floats(200, 3), List.of(0), true));
        assertUntouched(builder.sum(floats(100, 2, 3), List.of(0, 2), false));
        assertUntouched(builder.apply(new CumSum(0, false, false), floats(100, 2, 2, 2)));
    }

    @Test
    void wholeNumbersAreExactAnyway() {
        assertUntouched(builder.sum(input(DType.INT64, 100_000), List.of(0), false));
        assertUntouched(builder.apply(new CumSum(0, false, false), input(DType.INT32, 100_000)));
    }

    @Test
    void otherReductionsAreNoSums() {
        assertUntouched(builder.apply(new Reduction(Reduction.Reducer.MAX, List.of(0), false), floats(100_000)));
    }

    @Test
    void aDivisorMakesBlocksWithoutRest() {
        assertThat(kinds(builder.sum(floats(1280), List.of(0), false)))
                .containsExactly("input", "reshape", "sum", "sum");
    }

    @Test
    void aPrimeLeavesARest() {
        assertThat(kinds(builder.sum(floats(1009), List.of(0), false)))
                .containsExactly("input", "slice", "reshape", "sum", "sum", "slice", "sum", "add");
    }

    @Test
    void aMeanIsTheSumByTheNumber() {
        assertThat(kinds(mean(floats(1280), 0))).containsExactly("input", "reshape", "sum", "sum", "constant", "div");
    }

    @Test
    void axesApartAreSummedOneByOne() {
        assertThat(kinds(builder.sum(floats(20, 3, 20), List.of(0, 2), false))).containsExactly("input", "sum", "sum");
    }

    @Test
    void otherAxesMayBeOpen() {
        LongSums sums = sums(false, mean(floats(N, 1280), 1));
        assertThat(sums.dependsOnBatch()).isFalse();
        assertThat(kinds(sums.graph())).containsExactly("input", "reshape", "sum", "sum", "constant", "div");
        assertThat(sums.graph().outputTypes().get(0).shape()).isEqualTo(Shape.of(N));
    }

    @Test
    void aSumOverTheBatchIsLongFromABatchSizeOn() {
        Node sum = builder.sum(floats(N, 3), List.of(0), false);
        LongSums sums = sums(false, sum);
        assertThat(sums.graph().outputs()).containsExactly(sum);
        assertThat(List.of(1L, 200L, 201L, 100_000L)).filteredOn(sums::isLongAt).containsExactly(201L, 100_000L);
        assertThat(kinds(sums.at(640))).containsExactly("input", "reshape", "sum", "reshape", "sum");
        assertThat(sums.at(640).inputTypes().get(0).shape()).isEqualTo(Shape.of(640, 3));
    }

    @Test
    void shapesInOpsAndCountsAreBoundToo() {
        Node x = floats(N, 3);
        Node wide = builder.broadcast(builder.reshape(x, Shape.of(N, 1, 3)), Shape.of(N, 2, 3));
        Node count = builder.apply(new Count(List.of(0), DType.FLOAT32), x);
        Graph bound = sums(false, builder.div(builder.sum(wide, List.of(0), false), count))
                .at(640);
        assertThat(bound.nodes()).noneMatch(node -> node.type().shape().isOpen());
        assertThat(kinds(bound)).doesNotContain("count");
    }

    private Node product(long rows, long terms, long columns) {
        return builder.apply(
                new MatMul(),
                builder.input("a", new TensorType(DType.FLOAT64, Shape.of(rows, terms))),
                builder.input("b", new TensorType(DType.FLOAT64, Shape.of(terms, columns))));
    }

    @Test
    void twoVectorsAreMultipliedElementByElement() {
        assertThat(kinds(product(1, 101, 1))).contains("mul", "sum").doesNotContain("matmul");
    }

    @Test
    void aRowByAMatrixIsABatchOfPieces() {
        assertThat(kinds(product(1, 200, 9))).containsExactly("input", "input", "reshape", "reshape", "matmul", "sum");
    }

    @Test
    void aColumnThatMeetsRowsMayBeLonger() {
        assertThat(kinds(product(9, 400, 1))).containsExactly("input", "input", "matmul");
    }

    @Test
    void wideProductsMayBeLongerThanNarrowOnes() {
        assertThat(kinds(product(16, 2000, 16))).containsExactly("input", "input", "matmul");
    }

    @Test
    void narrowProductsArePaddedWhereThatIsFaster() {
        Graph graph = sums(true, product(1, 101, 9)).graph();
        assertThat(kinds(graph)).containsExactly("input", "input", "pad", "matmul", "slice");
        assertThat(graph.outputTypes().get(0).shape()).isEqualTo(Shape.of(1, 9));
    }

    @Test
    void aProductOfTheBatchIsLongFromABatchSizeOn() {
        Node x = floats(N, 16);
        Node product = builder.apply(new MatMul(), builder.apply(new Transpose(List.of(1, 0)), x), x);
        LongSums sums = sums(false, product);
        assertThat(List.of(1L, 2000L, 2001L)).filteredOn(sums::isLongAt).containsExactly(2001L);
        assertThat(sums.at(4000).outputTypes()).containsExactly(product.type());
    }

    /** Pieces that suit a product of many rows are too long for a product of two vectors. */
    @Test
    void aLongProductOfOneRowHasAFormOfItsOwn() {
        Node x = floats(N, 2001);
        LongSums sums = sums(false, builder.apply(new MatMul(), x, builder.apply(new Transpose(List.of(1, 0)), x)));
        assertThat(kinds(sums.graph())).contains("matmul");
        assertThat(List.of(1L, 15L, 16L, 17L)).filteredOn(sums::isLongAt).containsExactly(1L, 15L);
        assertThat(sums.dependsOnBatch()).isTrue();
        assertThat(kinds(sums.at(1))).doesNotContain("matmul");
    }

    @Test
    void runningSumsOfFloat32AreOfFloat64() {
        assertThat(kinds(builder.apply(new CumSum(0, false, false), floats(101))))
                .containsExactly("input", "cast", "cumsum", "cast");
    }

    @Test
    void runningSumsOfFloat64AreInBlocks() {
        Node x = input(DType.FLOAT64, 300);
        assertThat(kinds(builder.apply(new CumSum(0, true, true), x))).contains("pad", "cumsum", "sum", "add", "slice");
    }

    @Test
    void scatteredTermsFillSeveralTables() {
        Node x = floats(1280, 2);
        Node indices = input(DType.INT32, 1280);
        Graph graph =
                sums(false, builder.apply(new ScatterAdd(0, 5), x, indices)).graph();
        assertThat(graph.nodes().stream().map(Node::op)).contains(new ScatterAdd(0, 50));
        assertThat(graph.outputTypes().get(0).shape()).isEqualTo(Shape.of(5, 2));
    }

    @Test
    void aTableAsLongAsTheTermsStaysOne() {
        Node x = floats(1280, 2);
        assertUntouched(builder.apply(new ScatterAdd(0, 1000), x, input(DType.INT32, 1280)));
    }

    @Test
    void whatAKernelComputesIsNotLong() {
        Node x = floats(N, 3);
        Composite composite = new Composite("own", null, (kernels, dtype) -> new Own());
        LongSums sums = sums(false, builder.apply(composite, builder.sum(x, List.of(0), false), x));
        assertThat(sums.dependsOnBatch()).isFalse();
    }

    private record Own() implements Kernel {
        @Override
        public String name() {
            return "own";
        }

        @Override
        public List<String> backends() {
            return List.of();
        }
    }
}
