package org.lamina.conformance;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.HostArray;
import org.lamina.Shape;
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
}
