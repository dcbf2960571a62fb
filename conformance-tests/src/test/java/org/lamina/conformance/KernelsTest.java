package org.lamina.conformance;

import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.Convolution;
import org.lamina.layer.Tensor;

/** What a backend may compute by one kernel, on generated shapes and values, special ones too, against the ops of the oracle. */
class KernelsTest {
    private static final String SEED = "20246";
    private static final Backends BACKENDS = new Backends();

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<HostArray> anything() {
        return GeneratedArrays.one(GeneratedArrays.FLOATING, GeneratedShapes.any(0));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("3.49")
    void relu(@ForAll("anything") HostArray x) {
        new Trial(BACKENDS.engines(), "3.49")
                .check(
                        List.of(x),
                        false,
                        (graph, in) ->
                                List.of(new Tensor(graph, in.get(0)).relu().node()));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("3.49")
    void gelu(@ForAll("anything") HostArray x) {
        new Trial(BACKENDS.engines(), "3.49")
                .check(
                        List.of(x),
                        false,
                        (graph, in) ->
                                List.of(new Tensor(graph, in.get(0)).gelu().node()));
    }

    /** Rows that are normalized; (rows, n), (n), (n). */
    @Provide
    Arbitrary<List<HostArray>> rows() {
        return Arbitraries.of(1L, 2L, 3L, 5L, 33L)
                .list()
                .ofSize(2)
                .flatMap(size -> GeneratedArrays.any(
                        GeneratedArrays.FLOATING,
                        Arbitraries.just(List.of(
                                Shape.of(size.get(0), size.get(1)), Shape.of(size.get(1)), Shape.of(size.get(1))))));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("3.49")
    void layerNorm(@ForAll("rows") List<HostArray> operands) {
        new Trial(BACKENDS.engines(), "3.49").check(operands, false, (graph, in) -> {
            Tensor x = new Tensor(graph, in.get(0));
            Tensor centered = x.sub(x.mean(true, 1));
            Tensor standard =
                    centered.div(centered.square().mean(true, 1).add(1e-3).sqrt());
            Tensor scaled = standard.mul(new Tensor(graph, in.get(1)));
            return List.of(scaled.add(new Tensor(graph, in.get(2))).node());
        });
    }

    /** (rows, n), (n, columns), (columns). */
    @Provide
    Arbitrary<List<HostArray>> products() {
        return Arbitraries.of(1L, 2L, 3L, 5L, 33L, 0L)
                .list()
                .ofSize(3)
                .flatMap(size -> GeneratedArrays.any(
                        GeneratedArrays.FLOATING,
                        Arbitraries.just(List.of(
                                Shape.of(size.get(0), size.get(1)),
                                Shape.of(size.get(1), size.get(2)),
                                Shape.of(size.get(2))))));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("3.49")
    void linear(@ForAll("products") List<HostArray> operands, @ForAll boolean relu, @ForAll boolean transposed) {
        new Trial(BACKENDS.engines(), "3.49").check(operands, false, (graph, in) -> {
            Tensor x = new Tensor(graph, in.get(0));
            Tensor weight = new Tensor(graph, in.get(1));
            Tensor rows = transposed
                    ? x.reshape(x.shape().extent(1), x.shape().extent(0)).swapAxes(0, 1)
                    : x;
            Tensor sum = rows.matmul(weight).add(new Tensor(graph, in.get(2)));
            return List.of((relu ? sum.relu() : sum).node());
        });
    }

    /** A convolution and what it is given: x, the weight and the cotangent of the result. */
    record Convolved(Convolution convolution, List<HostArray> operands) {}

    @Provide
    Arbitrary<Convolved> convolutions() {
        Arbitrary<List<Long>> sizes = Arbitraries.of(1L, 2L, 3L).list().ofSize(3);
        Arbitrary<List<Long>> kernel = Arbitraries.of(1L, 2L, 3L).list().ofSize(2);
        Arbitrary<List<Long>> stride = Arbitraries.of(1L, 1L, 2L, 3L).list().ofSize(2);
        Arbitrary<List<Long>> dilation = Arbitraries.of(1L, 1L, 1L, 2L).list().ofSize(2);
        Arbitrary<List<List<Long>>> padding =
                Arbitraries.of(0L, 1L, 2L).list().ofSize(2).list().ofSize(2);
        Arbitrary<List<Long>> more = Arbitraries.of(0L, 1L, 2L, 5L).list().ofSize(2);
        return Combinators.combine(sizes, kernel, stride, dilation, padding, more)
                .as(KernelsTest::convolved)
                .flatMap(convolved -> convolved);
    }

    private static Arbitrary<Convolved> convolved(
            List<Long> sizes,
            List<Long> kernel,
            List<Long> stride,
            List<Long> dilation,
            List<List<Long>> padding,
            List<Long> more) {
        Convolution convolution = new Convolution(stride, padding, dilation, 1);
        long[] given = new long[2];
        long[] places = new long[2];
        for (int axis = 0; axis < 2; axis++) {
            long span = dilation.get(axis) * (kernel.get(axis) - 1) + 1;
            long padded = padding.get(axis).get(0) + padding.get(axis).get(1);
            given[axis] = Math.max(1, span - padded) + more.get(axis);
            places[axis] = (given[axis] + padded - span) / stride.get(axis) + 1;
        }
        return GeneratedArrays.any(
                        GeneratedArrays.FLOATING,
                        Arbitraries.just(List.of(
                                Shape.of(sizes.get(0), sizes.get(1), given[0], given[1]),
                                Shape.of(sizes.get(2), sizes.get(1), kernel.get(0), kernel.get(1)),
                                Shape.of(sizes.get(0), sizes.get(2), places[0], places[1]))))
                .map(operands -> new Convolved(convolution, operands));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("3.49")
    void convolution(@ForAll("convolutions") Convolved given, @ForAll boolean derivatives, @ForAll boolean relu) {
        new Trial(BACKENDS.engines(), "3.49").check(given.operands(), false, (graph, in) -> {
            Tensor x = new Tensor(graph, in.get(0));
            Tensor weight = new Tensor(graph, in.get(1));
            Tensor cotangent = new Tensor(graph, in.get(2));
            Tensor value = convolve(given.convolution(), x, weight, cotangent.shape());
            Tensor y = new Tensor(
                    graph, graph.apply(given.convolution().composite(), value.node(), x.node(), weight.node()));
            if (derivatives) {
                return y.pullback(cotangent, x, weight).stream()
                        .map(Tensor::node)
                        .toList();
            }
            Tensor bias = cotangent.get(0, 0).get(1, 0).get(1, 0);
            Tensor sum = y.add(bias.reshape(bias.shape().extent(0), 1, 1));
            return List.of((relu ? sum.relu() : sum).node());
        });
    }

    /** The sum over the elements of the kernel. */
    private static Tensor convolve(Convolution convolution, Tensor x, Tensor weight, Shape shape) {
        Tensor padded = x;
        for (int axis = 0; axis < 2; axis++) {
            List<Long> widths = convolution.padding().get(axis);
            padded = padded.pad(2 + axis, widths.get(0), widths.get(1), 0);
        }
        long filters = shape.extent(1);
        long channels = x.shape().extent(1);
        Tensor sum = null;
        for (long row = 0; row < weight.shape().extent(2); row++) {
            for (long column = 0; column < weight.shape().extent(3); column++) {
                Tensor part = element(convolution, padded, row, column, shape)
                        .reshape(Shape.of(shape.extent(0), 1, channels, shape.extent(2), shape.extent(3)));
                Tensor factor = weight.slice(2, row, row + 1)
                        .slice(3, column, column + 1)
                        .reshape(1, filters, channels, 1, 1);
                Tensor product = part.mul(factor).sum(2);
                sum = sum == null ? product : sum.add(product);
            }
        }
        return Objects.requireNonNull(sum);
    }

    /** The element of each window at a place of the kernel. */
    private static Tensor element(Convolution convolution, Tensor padded, long row, long column, Shape shape) {
        long[] place = {row, column};
        Tensor elements = padded;
        for (int axis = 0; axis < 2; axis++) {
            long start = place[axis] * convolution.dilation().get(axis);
            long step = convolution.stride().get(axis);
            elements = elements.slice(2 + axis, start, start + (shape.extent(2 + axis) - 1) * step + 1, step);
        }
        return elements;
    }
}
