package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;

/** What the kinds of inputs are made of, and that a layer is run on each. */
class InputKindTest {
    private static final Shape ROWS = Shape.of(4, 10);

    private static List<Double> values(InputKind kind) {
        return Arrays.stream(kind.like(HostArray.normal(ROWS, 1), 7).toDoubles())
                .boxed()
                .toList();
    }

    @Test
    @Rule("7.9")
    void eachKindHasWhatItsNameSays() {
        assertThat(values(InputKind.UNIFORM)).allMatch(x -> x >= 0 && x < 1);
        assertThat(values(InputKind.CONSTANT)).containsOnly(1.1);
        assertThat(values(InputKind.SHIFTED)).allMatch(x -> x >= 1000 && x < 1001);
        assertThat(values(InputKind.SPECIAL))
                .contains(0.0, -0.0, 1e6, -1e12, 1e-40, -1e-20, (double) Float.MIN_NORMAL)
                .allMatch(Double::isFinite);
        assertThat(values(InputKind.NOT_FINITE))
                .containsOnlyOnce(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    /** Numbers of 24 bits would have sums that never round in float64. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GIVEN")
    void valuesUseAllBitsOfFloat64(InputKind kind) {
        assertThat(values(kind)).anyMatch(x -> x != x.floatValue() && !Double.isNaN(x));
    }

    @Test
    void integersAndGivenInputsStayAsTheyAre() {
        HostArray words = HostArray.of(Shape.of(2), 3L, 4L);
        HostArray given = HostArray.normal(ROWS, 1);
        InputKind.ALL.forEach(kind -> assertThat(kind.like(words, 1)).isSameAs(words));
        assertThat(InputKind.GIVEN.like(given, 1)).isSameAs(given);
        assertThat(EnumSet.complementOf(EnumSet.of(InputKind.GIVEN))).containsExactlyElementsOf(InputKind.ALL);
    }

    @Test
    void cotangentsHaveSumsThatRoundToo() {
        TensorType type = new TensorType(DType.FLOAT32, ROWS);
        assertThat(InputKind.CONSTANT.cotangent(type, Generator.of(1)).toFloats())
                .containsOnly(1.1f);
        assertThat(InputKind.UNIFORM.cotangent(type, Generator.of(1)).toFloats())
                .doesNotContain(1.1f);
    }

    private static List<LayerResult> onOracle(LayerConformance layer) {
        try (Backend oracle = Backend.load(OracleProvider.NAME)) {
            return layer.results(List.of(oracle));
        }
    }

    private static Set<InputKind> kinds(LayerConformance layer, LayerCheck check) {
        return onOracle(layer).stream()
                .filter(result -> result.check() == check)
                .map(LayerResult::kind)
                .collect(Collectors.toSet());
    }

    @Test
    @Rule("7.9")
    void aLayerIsRunOnEachKindOrOnWhatIsGiven() {
        LayerConformance shaped = LayerConformance.of(new Dense(3), ROWS).independentRows();
        Set<InputKind> all = Set.copyOf(InputKind.ALL);
        for (LayerCheck check :
                List.of(LayerCheck.FORWARD, LayerCheck.GRADIENT, LayerCheck.CUT_BATCH, LayerCheck.PERMUTED_ROWS)) {
            assertThat(kinds(shaped, check)).as(check.toString()).isEqualTo(all);
        }
        assertThat(kinds(shaped, LayerCheck.CLONE)).containsExactly(InputKind.NORMAL);
        LayerConformance given = LayerConformance.of(() -> new Dense(3)).on(HostArray.normal(ROWS, 1));
        assertThat(kinds(given, LayerCheck.FORWARD)).containsExactly(InputKind.GIVEN);
        assertThat(kinds(LayerConformance.of(() -> new Dense(3)), LayerCheck.FORWARD))
                .isEqualTo(all);
        assertThat(onOracle(LayerConformance.of(new Dense(3), ROWS))).allMatch(LayerResult::passed);
        assertThat(onOracle(LayerConformance.of(() -> new Embedding(7, 2)).on(new TensorType(DType.INT64, ROWS))))
                .allMatch(LayerResult::passed);
        assertThatThrownBy(given::kinds)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no kind of inputs");
    }

    /** What depends on the sign or size of the inputs is seen by the kind that has them alone, and said by its name. */
    @Test
    @Rule({"7.9", "12.5"})
    void aFailureNamesTheKind() {
        Layer layer = (scope, x) -> x.relu();
        assertThat(onOracle(LayerConformance.of(layer, ROWS))).allMatch(LayerResult::passed);
        try (Backend wrong = Backend.of(new MutantEngine(
                new OracleProvider().open(),
                y -> HostArray.generate(y.type(), i -> y.doubleAt(i) > 900 ? y.doubleAt(i) + 1 : y.doubleAt(i))))) {
            assertThat(LayerConformance.of(layer, ROWS)
                            .kinds(InputKind.NORMAL, InputKind.SHIFTED)
                            .results(List.of(wrong)))
                    .filteredOn(result -> !result.passed())
                    .isNotEmpty()
                    .allSatisfy(result -> assertThat(result.toString())
                            .contains(", inputs from 1000 + U[0, 1): ", "on reference (", "seed 2024"));
        }
    }
}
