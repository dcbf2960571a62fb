package org.lamina.tf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Binary;
import org.lamina.graph.Graph;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.MatMul;
import org.lamina.graph.Node;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Slice;
import org.lamina.graph.Transpose;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Each detour: that TensorFlow's own op is not what is meant, and that the detour is. */
class TfDetoursTest {
    private static final Engine ENGINE = new TfProvider().open();
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void argMaxOfTensorFlowPassesOverNan() {
        assertThat(own(tf -> tf.math.argMax(tf.constant(new float[] {1, NAN, 3}), tf.constant(0))))
                .isEqualTo(HostArray.of(Shape.scalar(), 2L));
    }

    @Test
    void argMaxIsTheFirstNanElseTheFirstGreatest() {
        HostArray x = HostArray.of(
                Shape.of(4, 3), 1, NAN, NAN, 3, 1, 3, -INFINITY, -INFINITY, -INFINITY, INFINITY, NAN, INFINITY);

        assertThat(lamina(List.of(x), (g, in) -> g.apply(new ArgMax(1), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(4), 1L, 0L, 0L, 1L));
    }

    @Test
    void binaryOpsOfTensorFlowRefuseSixRunsOfAxes() {
        assertThatThrownBy(() -> own(tf -> tf.math.add(ones(tf, 2, 1, 2, 1, 2, 1), ones(tf, 1, 2, 1, 2, 1, 2))))
                .isInstanceOf(TFUnimplementedException.class)
                .hasMessageContaining("is not supported yet");
    }

    @Test
    void broadcastToOfTensorFlowRefusesSixRunsOfAxes() {
        assertThatThrownBy(() -> own(
                        tf -> tf.broadcastTo(ones(tf, 2, 1, 2, 1, 2, 1), tf.constant(new int[] {2, 2, 2, 2, 2, 2}))))
                .isInstanceOf(TFUnimplementedException.class)
                .hasMessageContaining("is not supported yet");
    }

    @Test
    void axesBroadcastInAnyPattern() {
        HostArray x = HostArray.of(Shape.of(2, 1, 2, 1, 2, 1), 0f, 1, 2, 3, 4, 5, 6, 7);
        HostArray y = HostArray.of(Shape.of(1, 2, 1, 2, 1, 2), 0f, 10, 20, 30, 40, 50, 60, 70);
        Shape shape = Shape.of(2, 2, 2, 2, 2, 2);
        TensorType type = new TensorType(DType.FLOAT32, shape);
        HostArray wideX = HostArray.generate(type, i -> (i >> 5 & 1) * 4 + (i >> 3 & 1) * 2 + (i >> 1 & 1));
        HostArray wideY = HostArray.generate(type, i -> 10 * ((i >> 4 & 1) * 4 + (i >> 2 & 1) * 2 + (i & 1)));
        HostArray sum = HostArray.generate(type, i -> wideX.doubleAt(i) + wideY.doubleAt(i));

        assertThat(lamina(List.of(x), (g, in) -> g.broadcast(in.get(0), shape))).isEqualTo(wideX);
        assertThat(lamina(List.of(x, y), (g, in) -> g.add(in.get(0), in.get(1))))
                .isEqualTo(sum);
    }

    @Test
    void stridedSliceOfTensorFlowTakesAnEndBeforeIndexZeroForTheLastIndex() {
        assertThat(own(tf -> tf.stridedSlice(
                        tf.constant(new float[] {1, 2, 3}),
                        tf.constant(new int[] {2}),
                        tf.constant(new int[] {-1}),
                        tf.constant(new int[] {-1}))))
                .isEqualTo(HostArray.of(Shape.of(0), new float[0]));
    }

    @Test
    void sliceRunsBackwardsToIndexZero() {
        HostArray x = HostArray.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6);

        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Slice(1, 2, 3, -1), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(2, 3), 3f, 2, 1, 6, 5, 4));
        assertThat(lamina(List.of(x), (g, in) -> g.apply(new Slice(1, 2, 2, -2), in.get(0))))
                .isEqualTo(HostArray.of(Shape.of(2, 2), 3f, 1, 6, 4));
    }

    @Test
    void unsortedSegmentSumOfTensorFlowTakesLeadingAxesOnly() {
        assertThatThrownBy(() -> own(tf ->
                        tf.math.unsortedSegmentSum(ones(tf, 2, 3), tf.constant(new int[] {0, 1, 1}), tf.constant(2))))
                .isInstanceOf(TFInvalidArgumentException.class);
    }

    @Test
    void scatterAddAddsAlongAnyAxis() {
        HostArray x = HostArray.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6);
        HostArray indices = HostArray.of(Shape.of(3), 2, 0, 2);

        assertThat(lamina(List.of(x, indices), (g, in) -> g.apply(new ScatterAdd(1, 4), in.get(0), in.get(1))))
                .isEqualTo(HostArray.of(Shape.of(2, 4), 2f, 0, 4, 0, 5, 0, 10, 0));
    }

    @Test
    void matmulReadsTransposedOperandsAndManyRows() {
        HostArray x = HostArray.of(Shape.of(2, 1, 3), 1f, 2, 3, 4, 5, 6);
        HostArray y = HostArray.of(Shape.of(2, 3), 1f, 0, 1, 0, 1, 0);

        assertThat(lamina(List.of(x, y), (g, in) -> g.apply(new MatMul(), in.get(0), swapped(g, in.get(1)))))
                .isEqualTo(HostArray.of(Shape.of(2, 1, 2), 4f, 2, 10, 5));
        assertThat(lamina(List.of(y, y), (g, in) -> g.apply(new MatMul(), swapped(g, in.get(0)), in.get(1))))
                .isEqualTo(HostArray.of(Shape.of(3, 3), 1f, 0, 1, 0, 1, 0, 1, 0, 1));
    }

    /** Not a detour but a setting of {@link TfRun}: TensorFlow's own gives NaN, from infinity times the flushed 1 / 3e38. */
    @Test
    void graphRewritingOfTensorFlowDividesByMultiplying() {
        assertThat(own(tf -> {
                    Operand<TFloat32> y = tf.math.div(input(tf), tf.constant(3e38f));
                    return tf.math.neg(tf.math.neg(tf.math.abs(y)));
                }))
                .isEqualTo(HostArray.of(Shape.of(1), NAN));
    }

    @Test
    void divisionIsDivision() {
        HostArray x = HostArray.of(Shape.of(1), INFINITY);

        assertThat(lamina(
                        List.of(x),
                        (g, in) -> g.apply(
                                Binary.MAX, g.apply(Binary.DIV, in.get(0), g.scalar(3e38, in.get(0))), in.get(0))))
                .isEqualTo(x);
    }

    private static Node swapped(GraphBuilder graph, Node x) {
        return graph.apply(new Transpose(List.of(1, 0)), x);
    }

    private static Operand<TFloat32> ones(Ops tf, int... sizes) {
        return tf.fill(tf.constant(sizes), tf.constant(1f));
    }

    private static Operand<TFloat32> input(Ops tf) {
        return tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(1)));
    }

    /** TensorFlow by itself, with its default settings; an input named x is infinity. */
    private static HostArray own(Function<Ops, Operand<?>> build) {
        try (org.tensorflow.Graph graph = new org.tensorflow.Graph();
                Session session = new Session(graph);
                TFloat32 infinity = TFloat32.vectorOf(INFINITY)) {
            Operand<?> output = build.apply(Ops.create(graph));
            Session.Runner runner = session.runner().fetch(output);
            if (graph.operation("x") != null) {
                runner.feed("x", infinity);
            }
            Result result = runner.run();
            DType dtype = output.asOutput().type() == TInt64.class ? DType.INT64 : DType.FLOAT32;
            try (TfTensor array = new TfTensor(dtype, result.get(0))) {
                return array.download();
            }
        }
    }

    /** One output of a graph on the adapter. */
    private static HostArray lamina(List<HostArray> inputs, BiFunction<GraphBuilder, List<Node>, Node> build) {
        GraphBuilder graph = new GraphBuilder();
        List<Node> nodes = new ArrayList<>();
        inputs.forEach(input -> nodes.add(graph.input("x" + nodes.size(), input.type())));
        Node output = build.apply(graph, nodes);
        List<NativeArray> arrays = inputs.stream().map(ENGINE::upload).toList();
        try (Executable executable = ENGINE.compile(Graph.of(nodes, List.of(output)));
                NativeArray result = executable.run(arrays).get(0)) {
            return result.download();
        } finally {
            arrays.forEach(NativeArray::close);
        }
    }
}
