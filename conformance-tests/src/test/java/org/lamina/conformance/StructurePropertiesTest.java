package org.lamina.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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
import org.lamina.graph.Broadcast;
import org.lamina.graph.Composite;
import org.lamina.graph.Concat;
import org.lamina.graph.Gather;
import org.lamina.graph.Node;
import org.lamina.graph.Op;
import org.lamina.graph.Pad;
import org.lamina.graph.Reshape;
import org.lamina.graph.ScatterAdd;
import org.lamina.graph.Slice;
import org.lamina.graph.StopGradient;
import org.lamina.graph.Transpose;

/** Ops that move elements, on generated shapes, axes and values of every dtype, on every backend. */
class StructurePropertiesTest {
    private static final String SEED = "20243";
    private static final Backends BACKENDS = new Backends();

    private final Trial trial = new Trial(BACKENDS.engines(), "12.2");

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<HostArray> arrays() {
        return GeneratedArrays.one(GeneratedArrays.ALL, GeneratedShapes.any(0));
    }

    @Provide
    Arbitrary<HostArray> lines() {
        return GeneratedArrays.one(GeneratedArrays.ALL, GeneratedShapes.any(1));
    }

    /** A tensor, indices of one of its axes, and slices to be added up at them. */
    @Provide
    Arbitrary<List<HostArray>> indexed() {
        return GeneratedShapes.small(1, 4)
                .filter(shape -> shape.extent(0) > 0)
                .flatMap(shape -> GeneratedShapes.small(0, 2).flatMap(index -> Arbitraries.of(GeneratedArrays.NUMERIC)
                        .flatMap(dtype -> GeneratedArrays.all(List.of(
                                GeneratedArrays.any(dtype, shape),
                                GeneratedArrays.indices(index, shape.extent(0)),
                                GeneratedArrays.any(dtype, index.concat(shape.slice(1, shape.rank()))))))));
    }

    private static long pick(long count, int choice) {
        return count == 0 ? 0 : choice % count;
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.1", "1.2", "1.7", "12.2"})
    void reordered(@ForAll("arrays") HostArray x, @ForAll @IntRange(max = 1000) int choice) {
        Shape shape = x.shape();
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
        Collections.shuffle(order, new Random(choice));
        long first = shape.size() > 1 && shape.size() % 2 == 0 ? 2 : 1;
        Shape other = shape.size() == 0 ? Shape.of(3, 0) : Shape.of(first, shape.size() / first, 1);
        Shape wider = shape.rank() < 6 ? Shape.of(1 + choice % 3).concat(shape) : shape;
        List<Op> ops = List.of(
                new Transpose(order),
                new Reshape(other),
                new Broadcast(wider),
                new StopGradient(),
                new Composite("of_itself", null));
        trial.check(List.of(x), true, (graph, in) -> {
            List<Node> outputs = new ArrayList<>();
            ops.forEach(op -> outputs.add(graph.apply(op, in)));
            outputs.add(in.get(0));
            outputs.add(graph.constant(x));
            outputs.add(graph.reshape(outputs.get(0), other));
            return outputs;
        });
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.7", "12.2"})
    void cutJoinedAndPadded(
            @ForAll("lines") HostArray x,
            @ForAll @IntRange(max = 1000) int choice,
            @ForAll @IntRange(min = -3, max = 3) int stride) {
        int axis = choice % x.shape().rank();
        long size = x.shape().extent(axis);
        long step = stride == 0 ? 1 : stride;
        long start = pick(size, choice / 7);
        long most = size == 0 ? 0 : 1 + (step > 0 ? (size - 1 - start) / step : start / -step);
        Op slice = new Slice(axis, start, pick(most + 1, choice / 3), step);
        trial.check(List.of(x), true, (graph, in) -> {
            List<Node> outputs = new ArrayList<>();
            Node cut = graph.apply(slice, in);
            outputs.add(cut);
            outputs.add(graph.apply(new Concat(axis), in.get(0), cut, in.get(0)));
            if (x.dtype() != DType.BOOL) {
                outputs.add(graph.apply(new Pad(axis, choice % 4, choice / 4 % 3, -2), in));
            }
            return outputs;
        });
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"12.1", "12.2"})
    void gatheredAndScattered(@ForAll("indexed") List<HostArray> operands) {
        long size = operands.get(0).shape().extent(0);
        trial.check(operands, true, (graph, in) -> List.of(graph.apply(new Gather(0), in.get(0), in.get(1))));
        trial.check(
                operands, false, (graph, in) -> List.of(graph.apply(new ScatterAdd(0, size), in.get(2), in.get(1))));
    }
}
