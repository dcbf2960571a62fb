package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Clipping;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Schedule;
import org.lamina.train.Trainer;

/** 36 steps of each optimizer, clipping and schedule give the losses that PyTorch gives, which pytorch_losses.py printed. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class PyTorchLossesTest {
    private static final Layer NET = Sequential.of(new Dense(16), new CenteredLayer(), new Relu(), new Dense(10));

    private static final Map<String, Clipping> CLIPPINGS =
            Map.of("clip norm=0.1", Clipping.byNorm(0.1), "clip value=0.02", Clipping.byValue(0.02));

    private static final Map<String, Schedule> SCHEDULES = Map.of(
            "schedule step", Schedule.steps(10, 0.3),
            "schedule exponential", Schedule.exponential(0.9),
            "schedule cosine", Schedule.cosine(36),
            "schedule warm-up", Schedule.constant().afterWarmUp(8));

    private final Backend backend;

    PyTorchLossesTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** The losses by the text before them, which is an optimizer and perhaps a clipping or a schedule. */
    private static Map<String, List<Double>> expected() throws IOException {
        Map<String, List<Double>> losses = new LinkedHashMap<>();
        try (InputStream file =
                Objects.requireNonNull(PyTorchLossesTest.class.getResourceAsStream("pytorch-losses.tsv"))) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                String[] columns = line.split("\t", -1);
                if (columns.length == 3) {
                    losses.computeIfAbsent(columns[0], name -> new ArrayList<>())
                            .add(Double.parseDouble(columns[2]));
                }
            }
        }
        return losses;
    }

    private static HostArray weight(int rows, int columns, int salt) {
        return HostArray.generate(new TensorType(DType.FLOAT64, Shape.of(rows, columns)), index -> {
            int i = index / columns;
            int j = index % columns;
            return ((31 * i + 17 * j + 7 * i * j + salt) % 23 - 11) / 64.0;
        });
    }

    private Model model() {
        return backend.model(NET, DType.FLOAT64)
                .initialize(Shape.of(Shape.BATCH, 64), 0)
                .setParameters(Map.of(
                        "0.weight", weight(64, 16, 3),
                        "0.bias", HostArray.of(Shape.of(16), new double[16]),
                        "3.weight", weight(16, 10, 5),
                        "3.bias", HostArray.of(Shape.of(10), new double[10])));
    }

    private Trainer trainer(Model model, String text) {
        String[] words = text.split(" ", 2);
        String rest = words.length == 2 ? words[1] : "";
        return Trainer.of(
                model,
                Loss.crossEntropy(),
                Optimizer.parse(words[0]),
                CLIPPINGS.getOrDefault(rest, Clipping.none()),
                SCHEDULES.getOrDefault(rest, Schedule.constant()),
                1);
    }

    @Test
    @Rule({"8.1", "8.2", "8.3"})
    void reproducesThem() throws IOException {
        Digits digits = Digits.load().first(500);
        Batches batches = Batches.inOrder(List.of(digits.pixels(), digits.labels()), 32);
        Map<String, List<Double>> expected = expected();
        assertThat(expected).hasSizeGreaterThan(15);
        expected.forEach((text, losses) -> {
            assertThat(losses).hasSize(36);
            try (Model model = model();
                    Trainer trainer = trainer(model, text)) {
                for (int step = 0; step < losses.size(); step++) {
                    List<HostArray> batch = batches.batch(step);
                    assertThat(trainer.step(batch.get(0), batch.get(1)))
                            .as("%s on %s, step %d", text, backend.info().name(), step)
                            .isCloseTo(losses.get(step), within(1e-9 * losses.get(step)));
                }
            }
        });
    }
}
