package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.LayerRegistry;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Softmax;

/** The laws that layers keep, on every backend, and that a law that is broken is found. */
class LawsTest {
    private static final Backends BACKENDS = new Backends();

    @AfterAll
    static void close() {
        BACKENDS.close();
    }

    @TestFactory
    @Rule({"7.8", "7.13"})
    Stream<DynamicTest> everyLayerKeepsItsLaws() {
        return LibraryLaws.all().stream()
                .map(layer -> dynamicTest(layer.name(), () -> {
                    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                        assertThat(layer.failures(BACKENDS.engines(), dtype)).isEmpty();
                    }
                }));
    }

    @Test
    @Rule("7.8")
    void everyLayerThatComesWithLaminaDeclaresLaws() {
        Set<String> declared = LibraryLaws.all().stream()
                .map(layer -> layer.layer().get().getClass().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(declared)
                .as("layers with laws in LibraryLaws; a new one needs at least one")
                .containsAll(LayerRegistry.standard().names());
    }

    @Test
    @Rule("7.13")
    void everyLinearOrHomogeneousLayerScalesToTheLastBit() {
        Set<String> scaling = LibraryLaws.all().stream()
                .filter(layer -> layer.laws().stream()
                        .anyMatch(law -> law.exact() && law.name().matches("f\\([28](\\.0)? x\\) = .*")))
                .map(layer -> layer.layer().get().getClass().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(scaling)
                .containsExactlyInAnyOrder(
                        "AffineTransform",
                        "AvgPool2d",
                        "CenteredLayer",
                        "Conv1d",
                        "Conv2d",
                        "ConvTranspose2d",
                        "Dense",
                        "Flatten",
                        "GlobalAveragePool",
                        "HalfFourier",
                        "LeakyRelu",
                        "MaxPool2d",
                        "MyDense",
                        "MyLinear",
                        "Permute",
                        "Relu",
                        "Residual",
                        "TensorReduction");
    }

    private static List<Failure> failures(Supplier<Layer> layer, Law law) {
        return new LawCase("layer", layer, List.of(HostArray.normal(Shape.of(4, 5), 1)), List.of(law))
                .failures(List.of(), DType.FLOAT32);
    }

    @Test
    @Rule({"7.8", "12.5"})
    void aBrokenLawFails() {
        assertThat(failures(Relu::new, Laws.ignoresShift(1))).hasSize(1);
        assertThat(failures(Softmax::new, Laws.linear())).hasSize(1);
        assertThat(failures(CenteredLayer::new, Laws.rowByRow())).hasSize(1);
        assertThat(failures(() -> new Dense(3), Laws.linear()).toString())
                .contains("rule 7.8: layer float32, law f(x + sin x) = f(x) + f(sin x), on reference (")
                .contains("left side less right side, output 0: element [", "expected 0.0")
                .contains("times the bound", " ULP", "seed ");
        Layer wrongCenter = (scope, x) -> x.sub(x.mean(true, 0));
        Law mean = Laws.commutesWithOrder(1);
        assertThat(failures(() -> wrongCenter, mean)).isEmpty();
        assertThat(failures(() -> wrongCenter, Laws.rowByRow())).hasSize(1);
        Layer corrected =
                (scope, x) -> x.sub(x.sum().div(x.count().cast(x.dtype()).sub(1)));
        assertThat(failures(() -> corrected, Laws.ignoresShift(1))).hasSize(1);
        assertThat(failures(() -> corrected, Laws.idempotent())).hasSize(1);
    }

    @Test
    void aLayerOfOnesOwnIsCheckedInOneLine() {
        HostArray x = HostArray.normal(Shape.of(4, 5), 1);
        new LawCase("mine", CenteredLayer::new, List.of(x), List.of(Laws.ignoresShift(1), Laws.idempotent())).check();
        LawCase wrong = new LawCase("mine", Relu::new, List.of(x), List.of(Laws.odd()));
        assertThatThrownBy(wrong::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rule 7.8: mine float64, law f(-x) = -x of f(x)");
    }
}
