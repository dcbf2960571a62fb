package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Tensor;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;
import org.lamina.train.Clipping;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Schedule;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/** Losses, clippings, optimizers and schedules of one's own that return what no step can be made of. */
@SuppressWarnings("NullAway") // authors' mistakes
class TrainingMistakesTest {
    private static final HostArray X = HostArray.normal(Shape.of(4, 3), 1);
    private static final HostArray TARGET = HostArray.normal(Shape.of(4, 2), 2);

    /** Plain descent but for what is given; null stands for the right answer. */
    private record Own(
            @Nullable List<Double> first, @Nullable List<Double> later, int given, boolean isNull)
            implements Optimizer {
        @Override
        public double learningRate() {
            return 0.1;
        }

        @Override
        public List<String> slots() {
            return List.of("old");
        }

        @Override
        public List<Double> scalars(double rate, long step) {
            return step > 1 ? later : first;
        }

        @Override
        public Update update(Tensor parameter, Tensor gradient, List<Tensor> old, List<Tensor> scalars) {
            return isNull
                    ? null
                    : new Update(parameter.sub(gradient.mul(scalars.get(0))), Collections.nCopies(given, gradient));
        }
    }

    private static Own optimizer(int slots) {
        return new Own(List.of(0.1), List.of(0.1), slots, false);
    }

    private static void assertRefused(String name, Loss loss, Optimizer optimizer, Clipping clipping, ErrorCode code) {
        assertRefused(name, loss, optimizer, clipping, step -> 1, code);
    }

    private static void assertRefused(
            String name, Loss loss, Optimizer optimizer, Clipping clipping, Schedule schedule, ErrorCode code) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(Sequential.of(new Dense(2), new BatchNorm(1e-5, 0.9, false)))
                        .initialize(X.shape(), 1)) {
            Map<String, HostArray> before = new HashMap<>(model.parameters());
            assertThatThrownBy(() -> {
                        Trainer trainer = Trainer.of(model, loss, optimizer, clipping, schedule, 1);
                        trainer.step(X, TARGET);
                        before.putAll(model.parameters());
                        trainer.step(X, TARGET);
                    })
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(code));
            assertThat(model.parameters()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.12")
    void nullIsRefused(String name) {
        Loss mse = Loss.meanSquaredError();
        Own nothing = new Own(null, null, 1, false);
        assertRefused(name, (y, target) -> null, optimizer(1), Clipping.none(), ErrorCode.ARGUMENT);
        assertRefused(name, mse, optimizer(1), gradients -> null, ErrorCode.ARGUMENT);
        assertRefused(
                name, mse, optimizer(1), gradients -> Collections.nCopies(gradients.size(), null), ErrorCode.ARGUMENT);
        assertRefused(name, mse, nothing, Clipping.none(), ErrorCode.ARGUMENT);
        assertRefused(name, mse, new Own(List.of(0.1), List.of(0.1), 1, true), Clipping.none(), ErrorCode.ARGUMENT);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.12")
    void moreOrFewerThanAskedForAreRefused(String name) {
        Loss mse = Loss.meanSquaredError();
        assertRefused(name, mse, optimizer(0), Clipping.none(), ErrorCode.ARITY);
        assertRefused(name, mse, optimizer(2), Clipping.none(), ErrorCode.ARITY);
        assertRefused(name, mse, optimizer(1), gradients -> gradients.subList(1, gradients.size()), ErrorCode.ARITY);
        assertRefused(
                name, mse, new Own(List.of(0.1), List.of(0.1, 1.0, 2.0), 1, false), Clipping.none(), ErrorCode.ARITY);
        assertRefused(
                name,
                mse,
                optimizer(1),
                gradients -> gradients.stream().map(Tensor::sum).toList(),
                ErrorCode.SHAPE);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.12")
    void ratesThatAreNoNumbersAreRefused(String name) {
        Loss mse = Loss.meanSquaredError();
        assertRefused(name, mse, new Sgd(1e39, 0), Clipping.none(), ErrorCode.DTYPE);
        assertRefused(name, mse, new Sgd(0.1, 0), Clipping.none(), step -> step > 1 ? Double.NaN : 1, ErrorCode.DTYPE);
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    @Rule("10.12")
    void whatIsRightIsTaken(String name) {
        try (Backend backend = Backend.load(name);
                Model model = backend.model(new Dense(2)).initialize(X.shape(), 1)) {
            List<Double> losses = new ArrayList<>();
            Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), optimizer(1), Clipping.none(), step -> 1, 1);
            losses.add(trainer.step(X, TARGET));
            losses.add(trainer.step(X, TARGET));
            assertThat(losses.get(1)).isLessThan(losses.get(0));
        }
    }
}
