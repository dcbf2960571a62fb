package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.CustomDerivative;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.MyLinear;
import org.lamina.spi.Engine;

/** The chapter's layers on the digits on every backend, and that the checks find what is wrong. */
class LayerConformanceTest {
    private static final List<Backend> BACKENDS = new ArrayList<>();

    @BeforeAll
    static void load() {
        Backend.available().stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .map(Backend::load)
                .forEach(BACKENDS::add);
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @TestFactory
    @Rule({"7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.9", "7.10", "7.11"})
    Stream<DynamicTest> chapterLayersOnDigits() {
        return ChapterLayers.onDigits().stream()
                .map(layer -> dynamicTest(layer.name(), () -> assertThat(ThisRun.COLLECTOR.add(layer.results(BACKENDS)))
                        .filteredOn(result -> !result.passed())
                        .isEmpty()));
    }

    @Test
    void findsAnInputByItself() {
        assertThat(onOracle(LayerConformance.of(() -> new MyLinear(5, 3)))).allMatch(LayerResult::passed);
        assertThat(onOracle(LayerConformance.of("two", Sum::new))).allMatch(LayerResult::passed);
    }

    @Test
    void saysSoWhenNoInputFits() {
        LayerConformance layer = LayerConformance.of(() -> new MyLinear(5000, 3));
        assertThatThrownBy(() -> onOracle(layer))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("none that was tried fits");
    }

    @Test
    void aWrongDerivativeFailsTheSlope() {
        assertThat(failed(LayerConformance.of(WrongSquare::new).on(Shape.of(2, 3))))
                .containsExactly(LayerCheck.SLOPE);
    }

    /** Its own derivative agrees with the slope and with the oracle on every backend; the derived one would be NaN for 1000. */
    @Test
    @Rule("5.11")
    void aRightDerivativeOfItsOwnPassesOnEveryBackend() {
        assertThat(LayerConformance.of(GivenSoftplus::new).on(Shape.of(3, 4)).results(BACKENDS))
                .isNotEmpty()
                .allMatch(LayerResult::passed);
        HostArray x = HostArray.of(Shape.of(3), 1000.0, 0.0, -1000.0);
        for (Backend backend : BACKENDS) {
            try (Model model = backend.model(new GivenSoftplus(), DType.FLOAT64)) {
                assertThat(model.initialize(List.of(x.type()), 1).gradients(x).inputs())
                        .containsExactly(HostArray.of(Shape.of(3), 1.0, 0.5, 0.0));
            }
        }
    }

    @Test
    void aLayerThatChangesFailsTheForward() {
        AtomicInteger made = new AtomicInteger();
        assertThat(failed(LayerConformance.of("counter", () -> scaled(made.incrementAndGet()))
                        .on(Shape.of(2, 3))))
                .contains(LayerCheck.FORWARD, LayerCheck.GRADIENT, LayerCheck.SAVE_LOAD);
    }

    @Test
    void dependentRowsDeclaredIndependentFail() {
        assertThat(failed(LayerConformance.of(CenteredLayer::new)
                        .on(Shape.of(4, 3))
                        .independentRows()))
                .containsOnly(LayerCheck.INDEPENDENT_ROWS, LayerCheck.CUT_BATCH);
    }

    /** Each row has its number added to it. */
    @Test
    @Rule({"7.10", "7.11"})
    void rowsThatDependOnTheirPlaceDeclaredIndependentFail() {
        Layer numbered = (scope, x) -> x.add(x.mul(0).add(1).cumSum(0));
        assertThat(failed(LayerConformance.of("numbered", () -> numbered)
                        .on(HostArray.normal(Shape.of(4, 3), 1))
                        .independentRows()))
                .containsOnly(LayerCheck.CUT_BATCH, LayerCheck.PERMUTED_ROWS);
    }

    /** A kernel that is worse where there are few rows. */
    @Test
    @Rule("7.10")
    void aBatchInPiecesThatDiffersFails() {
        Engine wrong = new MutantEngine(
                new OracleProvider().open(),
                y -> y.shape().extent(0) > 3 ? y : HostArray.generate(y.type(), i -> y.doubleAt(i) * (1 + 1e-4)));
        try (Backend backend = Backend.of(wrong)) {
            assertThat(LayerConformance.of(new MyLinear(3, 2), Shape.of(7, 3))
                            .independentRows()
                            .numbers(List.of(backend)))
                    .filteredOn(result -> !result.passed() && result.kind() == InputKind.NORMAL)
                    .extracting(LayerResult::check)
                    .contains(LayerCheck.CUT_BATCH)
                    .doesNotContain(LayerCheck.FORWARD, LayerCheck.PERMUTED_ROWS);
        }
    }

    @Test
    void checkTellsWhatIsWrongAndHowToRepeatIt() {
        LayerConformance layer =
                LayerConformance.of(WrongSquare::new).on(Shape.of(2, 3)).seed(7);
        assertThatThrownBy(layer::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rule 7.3")
                .hasMessageContaining("WrongSquare")
                .hasMessageContaining("seed 7");
    }

    private static List<LayerResult> onOracle(LayerConformance layer) {
        try (Backend oracle = Backend.load(OracleProvider.NAME)) {
            return layer.results(List.of(oracle));
        }
    }

    private static List<LayerCheck> failed(LayerConformance layer) {
        return onOracle(layer).stream()
                .filter(result -> !result.passed())
                .map(LayerResult::check)
                .toList();
    }

    private static Layer scaled(double factor) {
        return (scope, x) -> x.mul(factor);
    }

    private record Sum() implements MultiLayer {
        @Override
        public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
            if (inputs.size() != 2) {
                throw scope.error(ErrorCode.ARITY, "Sum takes two inputs.");
            }
            return List.of(inputs.get(0).add(inputs.get(1)));
        }
    }

    /** log(1 + exp(x)) as it is written in a textbook, which is infinite for large x; its derivative is the sigmoid. */
    private record GivenSoftplus() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.exp().log1p();
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(arguments.get(0).sigmoid()));
        }
    }

    private record WrongSquare() implements Layer, CustomDerivative {
        @Override
        public Tensor forward(Scope scope, Tensor x) {
            return x.mul(x);
        }

        @Override
        public List<Tensor> pullback(List<Tensor> arguments, Tensor output, Tensor cotangent) {
            return List.of(cotangent.mul(arguments.get(0)));
        }
    }
}
