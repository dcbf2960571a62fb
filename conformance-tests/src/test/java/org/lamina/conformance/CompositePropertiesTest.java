package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.cases.CompositeFunctions;
import org.lamina.graph.Node;
import org.lamina.layer.Tensor;

/** What is made of primitives, on generated shapes, axes and values, on every backend: values and derivatives. */
class CompositePropertiesTest {
    private static final String SEED = "20244";
    private static final Backends BACKENDS = new Backends();

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<HostArray> floats() {
        return GeneratedArrays.one(GeneratedArrays.FLOATING, GeneratedShapes.any(0));
    }

    /** With at least one axis and one element. */
    @Provide
    Arbitrary<HostArray> lines() {
        return GeneratedArrays.one(
                GeneratedArrays.FLOATING, GeneratedShapes.any(1).filter(shape -> shape.size() > 0));
    }

    @Provide
    Arbitrary<HostArray> everything() {
        return GeneratedArrays.one(
                GeneratedArrays.ALL, GeneratedShapes.small(1, 4).filter(shape -> shape.size() > 0));
    }

    @Provide
    Arbitrary<HostArray> integers() {
        return GeneratedArrays.one(List.of(DType.INT32, DType.INT64), GeneratedShapes.small(0, 3));
    }

    /** Finite values, where derivatives have a meaning. */
    @Provide
    Arbitrary<HostArray> finite() {
        return Arbitraries.of(GeneratedArrays.FLOATING).flatMap(dtype -> GeneratedShapes.small(1, 3)
                .filter(shape -> shape.size() > 0)
                .flatMap(shape -> GeneratedArrays.finite(dtype, shape)));
    }

    @Provide
    Arbitrary<List<HostArray>> matrices() {
        Arbitrary<Long> sizes = Arbitraries.of(1L, 2L, 3L, 0L, 5L);
        return sizes.list()
                .ofSize(3)
                .flatMap(size -> GeneratedArrays.any(
                        GeneratedArrays.FLOATING,
                        Arbitraries.just(
                                List.of(Shape.of(size.get(0), size.get(1)), Shape.of(size.get(1), size.get(2))))));
    }

    private static List<UnaryOperator<Tensor>> activations() {
        return List.of(
                Tensor::ceil,
                Tensor::square,
                Tensor::reciprocal,
                Tensor::relu,
                x -> x.leakyRelu(0.25),
                x -> x.elu(1.5),
                Tensor::softplus,
                Tensor::silu,
                Tensor::gelu,
                Tensor::geluTanh,
                Tensor::geluSigmoid,
                x -> x.clip(-1, 0.75),
                x -> CompositeFunctions.compared(x, x.neg()));
    }

    private static List<UnaryOperator<Tensor>> alongAxis(int axis, int ddof) {
        return List.of(
                x -> x.softmax(axis),
                x -> x.logSoftmax(axis),
                x -> x.logSumExp(true, axis),
                x -> x.variance(ddof, axis),
                x -> x.norm1(axis),
                x -> x.norm2(axis));
    }

    private static void check(
            String rule, boolean bits, List<HostArray> inputs, List<UnaryOperator<Tensor>> functions) {
        new Trial(BACKENDS.engines(), rule).check(inputs, bits, (graph, in) -> functions.stream()
                .map(function -> function.apply(new Tensor(graph, in.get(0))).node())
                .toList());
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8"})
    void activationsAndComparisons(@ForAll("floats") HostArray x) {
        check("4.7", false, List.of(x), activations());
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"4.9", "4.10", "4.11", "4.12", "4.13"})
    void normalizersAndStatistics(@ForAll("lines") HostArray x, @ForAll @IntRange(max = 5) int choice) {
        check("4.9", false, List.of(x), alongAxis(choice % x.shape().rank(), choice % 2));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"4.7", "5.9"})
    void derivatives(@ForAll("finite") HostArray x, @ForAll @IntRange(max = 5) int choice) {
        int axis = choice % x.shape().rank();
        new Trial(BACKENDS.engines(), "5.9").check(List.of(x), false, (graph, in) -> {
            Tensor input = new Tensor(graph, in.get(0));
            List<Node> gradients = new ArrayList<>();
            Stream.concat(activations().stream(), alongAxis(axis, 0).stream()).forEach(function -> {
                gradients.add(function.apply(input).sin().gradient(input).node());
            });
            return gradients;
        });
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("4.14")
    void oneHot(@ForAll("integers") HostArray x, @ForAll @IntRange(min = 1, max = 7) int depth) {
        check("4.14", true, List.of(x), List.of(value -> value.oneHot(depth, DType.FLOAT32)));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"4.15", "4.16"})
    void products(@ForAll("matrices") List<HostArray> pair) {
        new Trial(BACKENDS.engines(), "4.16").check(pair, false, (graph, in) -> {
            Tensor x = new Tensor(graph, in.get(0));
            Tensor y = new Tensor(graph, in.get(1));
            return Stream.of(
                            Tensor.einsum("ij,jk->ik", x, y),
                            Tensor.einsum("ij,jk->ki", x, y),
                            Tensor.einsum("ij,jk->j", x, y),
                            Tensor.einsum("ij,jk", x, y),
                            x.matmul(y.sum(1)),
                            x.sum(0).matmul(y))
                    .map(Tensor::node)
                    .toList();
        });
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("4.17")
    void rearranged(@ForAll("everything") HostArray x, @ForAll @IntRange(max = 1000) int choice) {
        int rank = x.shape().rank();
        int axis = choice % rank;
        long size = x.shape().extent(axis);
        check(
                "4.17",
                true,
                List.of(x),
                List.of(
                        value -> Tensor.stack(axis, value, value),
                        value -> value.split(axis, size / 2, size - size / 2).get(1),
                        value -> value.get(axis, -1),
                        value -> value.reverse(axis),
                        value -> value.expandDims(axis - rank),
                        value -> value.expandDims(axis).squeeze(axis),
                        value -> value.flatten(0),
                        value -> value.swapAxes(axis, choice / 7 % rank),
                        value -> value.slice(axis, choice % 9 - 4, choice / 9 % 9 - 4),
                        value -> value.slice(axis, choice % 9, -choice % 9 - 1, -2)));
    }
}
