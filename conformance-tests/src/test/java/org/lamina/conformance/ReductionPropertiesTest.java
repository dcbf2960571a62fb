package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.graph.ArgMax;
import org.lamina.graph.Count;
import org.lamina.graph.CumSum;
import org.lamina.graph.MatMul;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;
import org.lamina.graph.Reduction.Reducer;

/** Reductions, running sums and matrix products on generated shapes, axes and values, on every backend. */
class ReductionPropertiesTest {
    private static final String SEED = "20242";
    private static final int MOST_FACTORS = 20;
    private static final Backends BACKENDS = new Backends();

    private final Trial trial = new Trial(BACKENDS.engines(), "12.1");

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<HostArray> arrays() {
        return GeneratedArrays.one(GeneratedArrays.NUMERIC, GeneratedShapes.any(0));
    }

    @Provide
    Arbitrary<HostArray> lines() {
        return GeneratedArrays.one(GeneratedArrays.NUMERIC, GeneratedShapes.any(1));
    }

    @Provide
    Arbitrary<List<HostArray>> matrices() {
        Arbitrary<Long> sizes = Arbitraries.of(1L, 2L, 3L, 0L, 5L, 17L);
        Arbitrary<List<Shape>> shapes = Combinators.combine(GeneratedShapes.broadcasting(2), sizes, sizes, sizes)
                .as((batches, m, k, n) -> List.of(
                        batch(batches.get(0)).concat(Shape.of(m, k)),
                        batch(batches.get(1)).concat(Shape.of(k, n))));
        return GeneratedArrays.any(GeneratedArrays.FLOATING, shapes);
    }

    /** At most the last two axes, and none that is long. */
    private static Shape batch(Shape shape) {
        return shape.size() > 60 ? Shape.scalar() : shape.slice(Math.max(0, shape.rank() - 2), shape.rank());
    }

    /** Of every axis or not, by the bits of a number. */
    private static List<Integer> axes(Shape shape, int bits) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> (bits >> axis & 1) == 1)
                .boxed()
                .toList();
    }

    private static boolean isOfNone(Shape shape, List<Integer> axes) {
        return axes.stream().anyMatch(axis -> shape.extent(axis) == 0);
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.1", "1.7", "2.8", "12.1", "12.3"})
    void reductions(@ForAll("arrays") HostArray x, @ForAll @IntRange(max = 63) int bits) {
        List<Integer> axes = axes(x.shape(), bits);
        List<Op> ops = new ArrayList<>();
        for (Reducer reducer : Reducer.values()) {
            boolean taken = reducer != Reducer.MEAN || x.dtype().isFloating();
            boolean few = reducer != Reducer.PROD || x.size() <= MOST_FACTORS;
            boolean some = reducer == Reducer.SUM || reducer == Reducer.PROD || !isOfNone(x.shape(), axes);
            if (taken && few && some) {
                ops.add(new Reduction(reducer, axes, bits % 3 == 0));
            }
        }
        trial.derived(List.of(x), ops);
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.7", "12.1", "12.2"})
    void alongAnAxis(@ForAll("lines") HostArray x, @ForAll @IntRange(max = 5) int choice) {
        int axis = choice % x.shape().rank();
        List<Op> sums = new ArrayList<>();
        for (boolean exclusive : new boolean[] {false, true}) {
            sums.add(new CumSum(axis, exclusive, false));
            sums.add(new CumSum(axis, exclusive, true));
        }
        trial.derived(List.of(x), sums);
        List<Op> exact = new ArrayList<>();
        exact.add(new Count(List.of(axis), DType.INT64));
        if (x.shape().extent(axis) > 0) {
            exact.add(new ArgMax(axis));
        }
        trial.exact(List.of(x), exact);
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.4", "1.7", "2.5", "12.1", "12.3"})
    void matrixProducts(@ForAll("matrices") List<HostArray> operands) {
        trial.derived(operands, List.of(new MatMul()));
    }
}
