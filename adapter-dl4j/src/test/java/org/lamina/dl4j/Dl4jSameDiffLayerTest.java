package org.lamina.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.train.Loss;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Layers in SameDiff graphs compute, learn and give back their weights. */
class Dl4jSameDiffLayerTest {
    private static final Backend BACKEND = Backend.load("dl4j");
    private static final Layer NET = Sequential.of(
            new Dense(6), new LayerNorm(1e-5), new CenteredLayer(), new MyDense(3), new BatchNorm(1e-5, 0.9, false));
    private static final HostArray X = HostArray.normal(Shape.of(4, 5), 1);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static Model model(Layer layer, HostArray x, long seed) {
        return BACKEND.model(layer, DType.FLOAT64).initialize(List.of(x.type()), seed);
    }

    private static void requireClose(@Nullable INDArray got, @Nullable HostArray expected) {
        requireClose(Dl4jArray.host(Objects.requireNonNull(got)), expected);
    }

    private static void requireClose(@Nullable HostArray got, @Nullable HostArray expected) {
        Objects.requireNonNull(got);
        Objects.requireNonNull(expected);
        assertThat(got.type()).isEqualTo(expected.type());
        assertThat(got.toDoubles()).containsExactly(expected.toDoubles(), within(1e-12));
    }

    @Test
    void givesTheOutputsAndGradientsOfAModelWithTheSameSeed() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.var("x", Dl4jArray.copy(X.cast(DType.FLOAT64)));
        Dl4jSameDiffLayer layer = Dl4jSameDiffLayer.add(graph, "net", NET, 7, x);
        layer.output().sum().markAsLoss();

        try (Model model = model(NET, X.cast(DType.FLOAT64), 7)) {
            Gradients expected = model.gradients(X.cast(DType.FLOAT64));
            requireClose(
                    Dl4jArray.host(layer.output().eval()), expected.outputs().get(0));
            assertThat(layer.weights()).isEqualTo(model.parameters());
            Map<String, INDArray> got = graph.calculateGradients(Map.of(), "x", "net.0.weight", "net.3.bias");
            requireClose(got.get("x"), expected.inputs().get(0));
            requireClose(got.get("net.0.weight"), expected.parameters().get("0.weight"));
            requireClose(got.get("net.3.bias"), expected.parameters().get("3.bias"));
        }
    }

    @Test
    void weightsMoveBothWays() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.var("x", Dl4jArray.copy(X.cast(DType.FLOAT64)));
        Dl4jSameDiffLayer layer = Dl4jSameDiffLayer.add(graph, "net", NET, 1, x);
        try (Model model = model(NET, X.cast(DType.FLOAT64), 2)) {
            layer.setWeights(model.parameters());
            assertThat(layer.weights()).isEqualTo(model.parameters());
            requireClose(Dl4jArray.host(layer.output().eval()), model.predict(X.cast(DType.FLOAT64)));
            assertThatThrownBy(() -> layer.setWeights(Map.of("0.weight", X)))
                    .isInstanceOf(LaminaException.class)
                    .hasMessageContaining("missing 0.bias")
                    .hasMessageContaining("0.weight is float64 (5, 6) in layer net and float32 (4, 5)");
            assertThat(layer.weights()).isEqualTo(model.parameters());
        }
    }

    /** SameDiff's own training loop, with the losses of the neutral one. */
    @Test
    void learnsBySameDiffsOwnFitAsByTheTrainer() {
        Layer net = Sequential.of(new Dense(6), new CenteredLayer(), new Dense(2));
        HostArray inputs = X.cast(DType.FLOAT64);
        HostArray targets = HostArray.normal(Shape.of(4, 2), 3).cast(DType.FLOAT64);
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.DOUBLE, 4, 5);
        SDVariable y = graph.placeHolder("y", DataType.DOUBLE, 4, 2);
        Dl4jSameDiffLayer layer = Dl4jSameDiffLayer.add(graph, "net", net, 5, x);
        SDVariable loss = layer.output().sub(y).mul(layer.output().sub(y)).mean();
        loss.markAsLoss();
        graph.setTrainingConfig(new TrainingConfig.Builder()
                .updater(new org.nd4j.linalg.learning.config.Sgd(0.1))
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .build());
        DataSet batch = new DataSet(Dl4jArray.copy(inputs), Dl4jArray.copy(targets));
        for (int step = 0; step < 10; step++) {
            graph.fit(batch);
        }
        try (Model model = model(net, inputs, 5);
                Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), new Sgd(0.1), 1)) {
            for (int step = 0; step < 10; step++) {
                trainer.step(inputs, targets);
            }
            model.parameters()
                    .forEach((path, value) -> requireClose(layer.weights().get(path), value));
        }
    }

    @Test
    void takesResultsOfOpsWithTheirShapesAndSeveralInputs() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.var("x", Dl4jArray.copy(X));
        SDVariable twice = x.mul(2);
        MultiLayer both = (scope, inputs) -> List.of(inputs.get(0).add(inputs.get(1)), inputs.get(0));
        Dl4jSameDiffLayer layer =
                Dl4jSameDiffLayer.add(graph, "both", both, 1, List.of(x, twice), List.of(X.shape(), X.shape()));
        assertThat(layer.outputs()).hasSize(2);
        assertThatThrownBy(layer::output).hasMessageContaining("2 outputs");
        HostArray sum = Dl4jArray.host(layer.outputs().get(0).eval());
        for (int i = 0; i < X.size(); i++) {
            assertThat(sum.doubleAt(i)).isCloseTo(3 * X.doubleAt(i), within(1e-6));
        }
    }

    @Test
    void refusesAnOpenBatch() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 5);
        assertThatThrownBy(() -> Dl4jSameDiffLayer.add(graph, "net", NET, 1, x))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("input x: its shape is [-1, 5]")
                .hasMessageContaining("fixed batch size");
    }

    /** SameDiff reads outside of the table, or gives zeros. */
    @Test
    void anIndexOutOfRangeGivesNaN() {
        for (DataType dtype : new DataType[] {DataType.INT32, DataType.INT64}) {
            SameDiff graph = SameDiff.create();
            SDVariable words = graph.placeHolder("words", dtype, 2, 3);
            SDVariable rows = Dl4jSameDiffLayer.add(graph, "table", new Embedding(4, 2), 1, words)
                    .output();
            INDArray given = Nd4j.createFromArray(new long[][] {{0, 3, 4}, {-1, 1_000_000_000, 1}})
                    .castTo(dtype);
            double[] values = Dl4jArray.host(Objects.requireNonNull(
                            graph.output(Map.of("words", given), rows.name()).get(rows.name())))
                    .toDoubles();
            for (int i = 0; i < values.length; i++) {
                assertThat(Double.isNaN(values[i])).as("element " + i).isEqualTo(i / 2 > 1 && i / 2 < 5);
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a caller's mistake
    void nullIsRefusedWhereItComesIn() {
        SDVariable x = SameDiff.create().placeHolder("x", DataType.FLOAT, 2, 3);
        assertThatThrownBy(() -> Dl4jSameDiffLayer.add(null, "e", new Dense(3), 1, x))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("Dl4jSameDiffLayer.add: target is null");
        assertThatThrownBy(() -> Dl4jSameDiffLayer.add(SameDiff.create(), "e", new Dense(3), 1, (SDVariable) null))
                .isInstanceOf(LaminaException.class)
                .hasMessageContaining("inputs[0] is null");
        assertThatThrownBy(() -> new Dl4jVertex(null)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> new Dl4jNativeLayer((org.deeplearning4j.nn.conf.layers.Layer) null))
                .isInstanceOf(LaminaException.class);
    }
}
