package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.graph.Binary;
import org.lamina.graph.Cast;
import org.lamina.graph.Comparison;
import org.lamina.graph.Logical;
import org.lamina.graph.Op;
import org.lamina.graph.Select;
import org.lamina.graph.Unary;

/**
 * Ops that compute element by element, on generated shapes and values, on every backend. How many tries there are says {@code
 * -Djqwik.tries.default=1000}; a failure prints its seed and the smallest values that show it.
 */
class ElementwisePropertiesTest {
    private static final String SEED = "20241";
    private static final Backends BACKENDS = new Backends();

    private final Trial trial = new Trial(BACKENDS.engines(), "12.1");

    @AfterContainer
    static void close() {
        BACKENDS.close();
    }

    @Provide
    Arbitrary<HostArray> arrays() {
        return GeneratedArrays.one(GeneratedArrays.ALL, GeneratedShapes.any(0));
    }

    @Provide
    Arbitrary<List<HostArray>> pairs() {
        return GeneratedArrays.any(GeneratedArrays.ALL, GeneratedShapes.broadcasting(2));
    }

    @Provide
    Arbitrary<List<HostArray>> choices() {
        return GeneratedShapes.broadcasting(3).flatMap(shapes -> Arbitraries.of(GeneratedArrays.ALL)
                .flatMap(dtype -> GeneratedArrays.all(List.of(
                        GeneratedArrays.any(DType.BOOL, shapes.get(1)),
                        GeneratedArrays.any(dtype, shapes.get(0)),
                        GeneratedArrays.any(dtype, shapes.get(2))))));
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.1", "1.7", "12.2"})
    void signsAndNegations(@ForAll("arrays") HostArray x) {
        trial.exact(List.of(x), x.dtype() == DType.BOOL ? List.of(Unary.NOT) : List.of(Unary.NEG, Unary.ABS));
        if (x.dtype() != DType.BOOL) {
            trial.derived(List.of(x), List.of(Unary.SIGN));
        }
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.1", "1.7", "12.1", "12.3"})
    void functions(@ForAll("arrays") HostArray x) {
        if (x.dtype().isFloating()) {
            trial.derived(
                    List.of(x),
                    Stream.of(Unary.values())
                            .filter(op -> op != Unary.NOT && op != Unary.NEG && op != Unary.ABS && op != Unary.SIGN)
                            .toList());
        }
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.3", "2.4", "12.2"})
    void arithmeticAndComparisons(@ForAll("pairs") List<HostArray> pair) {
        if (pair.get(0).dtype() == DType.BOOL) {
            trial.exact(pair, List.of(Logical.values()));
            return;
        }
        List<Op> exact = new ArrayList<>(List.of(Binary.ADD, Binary.SUB, Binary.MUL));
        exact.addAll(List.of(Comparison.values()));
        trial.exact(pair, exact);
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.3", "12.1", "12.3"})
    void quotientsPowersAndMaxima(@ForAll("pairs") List<HostArray> pair) {
        DType dtype = pair.get(0).dtype();
        if (dtype.isFloating()) {
            trial.derived(pair, List.of(Binary.DIV, Binary.POW, Binary.MAX, Binary.MIN));
        } else if (dtype != DType.BOOL) {
            trial.derived(pair, List.of(Binary.MAX, Binary.MIN));
        }
    }

    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule({"1.3", "12.2"})
    void choicesByCondition(@ForAll("choices") List<HostArray> operands) {
        trial.exact(operands, List.of(new Select()));
    }

    /** Floats become integers only where the integers can hold them. */
    @Property(seed = SEED, shrinking = ShrinkingMode.FULL)
    @Rule("12.2")
    void conversions(@ForAll("arrays") HostArray x) {
        boolean fits = !x.dtype().isFloating();
        for (int i = 0; i < x.size() && x.dtype().isFloating(); i++) {
            fits = i == 0 ? Math.abs(x.doubleAt(i)) < 1e6 : fits && Math.abs(x.doubleAt(i)) < 1e6;
        }
        boolean all = fits || x.size() == 0;
        trial.exact(
                List.of(x),
                GeneratedArrays.ALL.stream()
                        .filter(dtype -> all || !dtype.isInteger())
                        .map(Cast::new)
                        .toList());
    }
}
