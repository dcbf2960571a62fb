package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.Generator;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.MultiLayer;
import org.lamina.train.Batches;
import org.lamina.train.Loss;

/** Losses and their gradients are those of PyTorch, which pytorch_loss_functions.py printed, and hold at the extremes. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class LossRulesTest {
    private static final HostArray PREDICTION = HostArray.of(Shape.of(2, 3), 0.5, -1.25, 3.0, -40.0, 0.0, 60.0);
    private static final HostArray REAL = HostArray.of(Shape.of(2, 3), 0.25, -1.0, -2.0, -40.0, 1.0, 59.5);
    private static final HostArray LABELS = HostArray.of(Shape.of(2), 2L, 0L);
    private static final HostArray SHARES = HostArray.of(Shape.of(2, 3), 0.0, 0.25, 1.0, 1.0, 0.5, 0.0);

    private final Backend backend;

    LossRulesTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** The loss and its gradients. */
    private Gradients of(Loss loss, HostArray prediction, HostArray target) {
        MultiLayer layer = (scope, inputs) -> List.of(loss.of(inputs.get(0), inputs.get(1)));
        try (Model model = backend.model(layer, prediction.dtype())) {
            return model.initialize(List.of(prediction.type(), target.type()), 1)
                    .gradients(List.of(prediction, target), List.of());
        }
    }

    private static Map<String, double[]> expected() throws IOException {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        try (InputStream file =
                Objects.requireNonNull(LossRulesTest.class.getResourceAsStream("pytorch-loss-functions.tsv"))) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .forEach(line -> {
                        String[] columns = line.split("\t", -1);
                        numbers.put(
                                columns[0],
                                Arrays.stream(columns)
                                        .skip(1)
                                        .mapToDouble(Double::parseDouble)
                                        .toArray());
                    });
        }
        return numbers;
    }

    @Test
    @Rule("8.1")
    void areThoseOfPyTorch() throws IOException {
        Map<String, HostArray> targets =
                Map.of("cross-entropy", LABELS, "binary-cross-entropy", SHARES, "mse", REAL, "huber:delta=0.5", REAL);
        Map<String, double[]> expected = expected();
        assertThat(expected).containsOnlyKeys(targets.keySet());
        expected.forEach((name, numbers) -> {
            Gradients actual = of(Loss.parse(name), PREDICTION, Objects.requireNonNull(targets.get(name)));
            assertThat(actual.outputs().get(0).get()).as(name).isCloseTo(numbers[0], within(1e-14 * numbers[0]));
            double[] gradients = Objects.requireNonNull(actual.inputs().get(0)).toDoubles();
            assertThat(gradients).as(name).containsExactly(Arrays.copyOfRange(numbers, 1, 7), within(1e-15));
        });
    }

    @Test
    @Rule("8.1")
    void neitherOverflowNorVanishInFloat32() {
        HostArray far = HostArray.of(Shape.of(1, 3), 2e4f, -3e38f, Float.NEGATIVE_INFINITY);
        Gradients entropy = of(Loss.crossEntropy(), far, HostArray.of(Shape.of(1), 0));
        assertThat(entropy.outputs().get(0).get()).isZero();
        assertThat(Objects.requireNonNull(entropy.inputs().get(0)).toDoubles()).containsExactly(0, 0, 0);

        HostArray logit = HostArray.of(Shape.of(1), 20f);
        double small = of(Loss.binaryCrossEntropy(), logit, HostArray.of(Shape.of(1), 1f))
                .outputs()
                .get(0)
                .get();
        assertThat(small).isCloseTo(Math.log1p(Math.exp(-20)), within(1e-14));
    }

    @Test
    @Rule("8.8")
    void samplesComeInTheSameOrderEverywhere() {
        HostArray five = HostArray.of(Shape.of(5), 0L, 1, 2, 3, 4);
        assertThat(Batches.inOrder(List.of(five), 3).batch(1)).containsExactly(five.take(3, 4, 0));
        int[] first = Generator.of(9).split("shuffle").split(0).permutation(5);
        int[] second = Generator.of(9).split("shuffle").split(1).permutation(5);
        assertThat(Batches.shuffled(List.of(five), 3, 9).batch(1))
                .containsExactly(five.take(first[3], first[4], second[0]));
    }
}
