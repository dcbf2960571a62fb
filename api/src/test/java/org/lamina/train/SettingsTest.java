package org.lamina.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Losses and optimizers written as text. */
class SettingsTest {
    @Test
    void readsOptimizers() {
        assertThat(Optimizer.parse("sgd:lr=0.1")).isEqualTo(new Sgd(0.1));
        assertThat(Optimizer.parse("sgd:weightDecay=0.01,lr=1e-1")).isEqualTo(new Sgd(0.1, 0.01));
        assertThat(Optimizer.parse("momentum:lr=0.1")).isEqualTo(new Momentum(0.1, 0.9, false, 0));
        assertThat(Optimizer.parse("nesterov:lr=0.1,momentum=0.5")).isEqualTo(new Momentum(0.1, 0.5, true, 0));
        assertThat(Optimizer.parse("adam")).isEqualTo(new Adam(0.001));
        assertThat(Optimizer.parse("adam:lr=1,beta1=0.5,beta2=0.25,epsilon=0.125"))
                .isEqualTo(new Adam(1, 0.5, 0.25, 0.125, 0, false));
        assertThat(Optimizer.parse("adamw:lr=1")).isEqualTo(new Adam(1, 0.9, 0.999, 1e-8, 0.01, true));
        assertThat(Optimizer.parse("rmsprop:lr=1")).isEqualTo(new RmsProp(1, 0.99, 1e-8, 0));
        assertThat(Optimizer.parse("adagrad:lr=1,weightDecay=2")).isEqualTo(new Adagrad(1, 1e-10, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sgd | lacks lr=",
                "sgd:lr | not one key=number",
                "sgd: | not one key=number",
                "sgd:lr=fast | no number after '='",
                "sgd:lr=0.1,lr=0.2 | not one key=number",
                "sgd:lr=0.1,beta=1 | has no [beta]",
                "sgd:lr=-1 | 0 or more",
                "sgd:lr=NaN | 0 or more",
                "sgd:lr=Infinity | 0 or more",
                "adam:beta1=1 | below 1",
                "adamax:lr=1 | Choose one of sgd, momentum",
            })
    void refusesOptimizers(String text, String reason) {
        assertThatThrownBy(() -> Optimizer.parse(text))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION))
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-entropy", "mse", "binary-cross-entropy", "huber", "huber:delta=2"})
    void readsLosses(String text) {
        assertThat(Loss.parse(text)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hinge | Choose one of cross-entropy",
                "mse:delta=1 | has no [delta]",
                "huber:delta=0 | above 0",
            })
    void refusesLosses(String text, String reason) {
        assertThatThrownBy(() -> Loss.parse(text))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining(reason);
    }
}
