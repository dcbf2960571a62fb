package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** From no values to values, and again. */
class LifecycleRulesTest {
    private static final Layer NET = Sequential.of(new Dense(4), new Dense(2));
    private static final Shape INPUT = Shape.of(3, 5);

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule({"10.4", "10.14"})
    void initialisingAgainForgetsEverything(String name) {
        HostArray x = HostArray.normal(INPUT, 1);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(NET);
                Model fresh = backend.model(NET)) {
            assertThatThrownBy(() -> model.predict(x))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INITIALIZED));
            HostArray first = model.initialize(INPUT, 7).predict(x);
            model.setParameter("0.bias", HostArray.of(Shape.of(4), 1f, 2f, 3f, 4f));
            assertThat(model.predict(x)).isNotEqualTo(first);
            assertThat(model.initialize(INPUT, 7).predict(x)).isEqualTo(first);
            assertThat(fresh.initialize(INPUT, 7).parameters()).isEqualTo(model.parameters());
            assertThat(model.initialize(INPUT, 8).predict(x)).isNotEqualTo(first);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.14")
    void onlyWhatIsBelowAPathIsDrawnAnew(String name) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(NET)) {
            Map<String, HostArray> before = model.initialize(INPUT, 7).parameters();
            Map<String, HostArray> after = model.reinitialize("1", null, 8).parameters();
            assertThat(after.get("0.weight")).isEqualTo(before.get("0.weight"));
            assertThat(after.get("1.weight")).isNotEqualTo(before.get("1.weight"));
            assertThat(model.reinitialize("", null, 7).parameters()).isEqualTo(before);
        }
    }

    /** A call waits for changes to end, so a change in a call would wait for ever. */
    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Timeout(60)
    @Rule("10.4")
    void aLayerCannotChangeOrCloseTheModelThatCallsIt(String name) {
        AtomicReference<Runnable> act = new AtomicReference<>(() -> {});
        Layer layer = (scope, x) -> {
            Objects.requireNonNull(act.get()).run();
            return x.mul(scope.parameter("w", Shape.of(), Initializer.ones()));
        };
        HostArray x = HostArray.normal(INPUT, 1);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(layer).initialize(INPUT, 7)) {
            List<Runnable> actions = List.of(
                    model::close,
                    backend::close,
                    () -> model.initialize(INPUT, 8),
                    () -> model.setParameter("w", HostArray.of(Shape.of(), 2f)));
            for (Runnable action : actions) {
                act.set(action);
                assertThatThrownBy(() -> model.predict(x))
                        .hasMessageContaining("the model is being called in this thread");
            }
            act.set(() -> {});
            assertThat(model.predict(x)).isEqualTo(x);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.4")
    void noCotangentIsLeftOut(String name) {
        HostArray x = HostArray.normal(INPUT, 1);
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Relu()).initialize(INPUT, 7)) {
            assertThatThrownBy(() -> model.gradients(List.of(x), List.of(x, x)))
                    .hasMessageContaining("there are 2 cotangents and 1 floating outputs");
        }
    }
}
