package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lamina.graph.Lowering;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Op;
import org.lamina.graph.Reduction;

/** A primitive is whole: it has a rule, cases, a derivative, the oracle's function and a lowering in each adapter. */
class PrimitivePartsTest {
    private final PrimitiveParts parts = PrimitiveParts.ofThisProject();

    /** The names of all primitives: the constants of the enums, the classes for the rest; what one framework alone computes is none. */
    private static Set<String> primitives() {
        Stream.Builder<String> names = Stream.builder();
        for (Class<?> type : Op.class.getPermittedSubclasses()) {
            if (type.isEnum()) {
                Arrays.stream(type.getEnumConstants()).forEach(op -> names.add(((Op) op).kind()));
            } else if (type != Reduction.class && type != NativeCall.class) {
                names.add(type.getSimpleName());
            }
        }
        for (Reduction.Reducer reducer : Reduction.Reducer.values()) {
            names.add(new Reduction(reducer, List.of(), false).kind());
        }
        return PrimitiveParts.squashed(names.build());
    }

    @Test
    void everyPrimitiveIsWhole() {
        assertThat(parts.lowerings())
                .as("the classes that lower, which are found by their source")
                .hasSize(7);
        assertThat(primitives().stream().flatMap(op -> parts.missing(op).stream()))
                .as("what primitives lack")
                .isEmpty();
    }

    @Test
    void nothingIsOfAnOpThatDoesNotExist() {
        assertThat(parts.rules()).as("rules of SPEC.md").isEqualTo(primitives());
        assertThat(parts.cases()).as("cases").isEqualTo(primitives());
        assertThat(parts.derivatives()).as("derivatives").isEqualTo(primitives());
    }

    @Test
    void aNewPrimitiveIsToldEverythingThatItLacks() {
        assertThat(parts.missing("sort_by"))
                .containsExactlyInAnyOrder(
                        "sort_by has no rule: add **3.n** `sort_by` MUST ... and its intent to section 3 of SPEC.md",
                        "sort_by has no cases: add them to org.lamina.conformance.cases",
                        "sort_by has no derivative that is checked: add cases to DerivativeCases, or the op to "
                                + "DerivativeTest.NOT_SMOOTH and its values to DerivativeRulesTest",
                        "sort_by is not computed by Dl4jSameDiffLowering in adapter-dl4j: add its method of Lowering",
                        "sort_by is not computed by Dl4jLowering in adapter-dl4j: add its method of Lowering",
                        "sort_by is not computed by DjlLowering in adapter-djl: add its method of Lowering",
                        "sort_by is not computed by DjlSymbolLowering in adapter-djl: add its method of Lowering",
                        "sort_by is not computed by DjlScriptLowering in adapter-djl: add its method of Lowering",
                        "sort_by is not computed by TfLowering in adapter-tf: add its method of Lowering",
                        "sort_by is not computed by OracleLowering in conformance-tests: add its method of Lowering");
    }

    /** A lowering by default would be none of a backend's own, but of what others refuse, and the compiler would not ask for one. */
    @Test
    void everyMethodOfLoweringIsAskedOfEachAdapter() {
        assertThat(Lowering.class.getMethods())
                .filteredOn(Method::isDefault)
                .extracting(Method::getName)
                .containsExactlyInAnyOrder("stopGradient", "nativeCall");
    }
}
