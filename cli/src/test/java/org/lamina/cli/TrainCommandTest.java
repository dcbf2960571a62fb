package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.conformance.Digits;
import org.lamina.layers.Dense;
import org.lamina.layers.MyDense;
import org.lamina.layers.Sequential;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

class TrainCommandTest {
    private static final String NET =
            "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"MyDense\", \"units\": 8}, {\"type\": \"Dense\", \"units\": 10}]}";
    private static final int STEPS = 5;

    @TempDir
    Path folder;

    private Workspace work;
    private final Digits digits = Digits.load().first(50);

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", NET);
        work.arrays("data.safetensors", "x", digits.pixels(), "labels", digits.labels());
    }

    private Invocation train(Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "train",
                work.at("layer.json"),
                "--data",
                work.at("data.safetensors"),
                "--batch",
                16,
                "--steps",
                STEPS,
                "--output",
                work.at("out")));
        arguments.addAll(List.of(more));
        return lamina(arguments.toArray());
    }

    @Test
    void doesWhatTheTrainerDoes() throws IOException {
        String name = Workspace.backend();
        Invocation invocation =
                train("--backend", name, "--seed", 2, "--loss", "cross-entropy", "--optimizer", "sgd:lr=0.1");

        assertThat(invocation.exitCode()).isZero();
        assertThat(invocation.err()).isEmpty();
        assertThat(invocation.out().lines().map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactly("backend", name);
        Workspace out = new Workspace(work.at("out"));
        assertThat(out.files())
                .isEqualTo(Set.of("losses." + name + ".csv", "weights." + name + ".safetensors", "losses.svg"));
        List<String> lines = Files.readAllLines(out.at("losses." + name + ".csv"));
        try (Backend backend = Backend.load(name);
                Model model = backend.model(Sequential.of(new MyDense(8), new Dense(10)), DType.FLOAT64)
                        .initialize(Shape.of(16, 64), 2);
                Trainer trainer = Trainer.of(model, Loss.crossEntropy(), new Sgd(0.1), 2)) {
            Batches batches = Batches.inOrder(List.of(digits.pixels(), digits.labels()), 16);
            List<String> expected = new ArrayList<>(List.of("step,loss"));
            for (int step = 0; step < STEPS; step++) {
                List<HostArray> batch = batches.batch(step);
                expected.add(step + "," + trainer.step(batch.get(0), batch.get(1)));
            }
            assertThat(lines).isEqualTo(expected);
            assertThat(out.read("weights." + name + ".safetensors")).isEqualTo(model.parameters());
        }
    }

    @Test
    void severalBackendsStartFromTheSameWeights() throws IOException {
        List<String> backends = Backend.available();
        Invocation invocation = train(
                "--backend",
                String.join(",", backends),
                "--seed",
                2,
                "--loss",
                "cross-entropy",
                "--optimizer",
                "momentum:lr=0.1,momentum=0.9");

        assertThat(invocation.exitCode()).as(invocation.err()).isZero();
        List<Double> first = losses(backends.get(0));
        for (String backend : backends) {
            List<Double> losses = losses(backend);
            for (int step = 0; step < STEPS; step++) {
                assertThat(losses.get(step) / first.get(step))
                        .as("%s, step %d", backend, step)
                        .isBetween(1 - 1e-9, 1 + 1e-9);
            }
        }
    }

    private List<Double> losses(String backend) throws IOException {
        return Files.readAllLines(work.at("out/losses." + backend + ".csv")).stream()
                .skip(1)
                .map(line -> Double.valueOf(line.substring(line.indexOf(',') + 1)))
                .toList();
    }

    @Test
    void valuesAreTheTargetOfMeanSquaredError() throws IOException {
        HostArray x = HostArray.normal(Shape.of(20, 5), 1);
        work.text("layer.json", "{\"type\": \"Dense\", \"units\": 2}");
        work.arrays(
                "data.safetensors",
                "x",
                x,
                "y",
                HostArray.normal(Shape.of(20, 2), 2).cast(DType.FLOAT64));

        String name = Workspace.backend();
        assertThat(train("--backend", name, "--seed", 2, "--loss", "mse", "--optimizer", "adam:lr=0.01")
                        .exitCode())
                .isZero();
        List<Double> losses = losses(name);
        assertThat(losses).hasSize(STEPS);
        assertThat(losses.get(STEPS - 1)).isLessThan(losses.get(0));
    }

    @Test
    void digitsAreLearntWithinTheTolerance() throws IOException {
        assertThat(lamina("digits", work.at("digits")).exitCode()).isZero();
        Invocation invocation = lamina(
                "train",
                work.at("digits/net.json"),
                "--data",
                work.at("digits/train.safetensors"),
                "--test",
                work.at("digits/test.safetensors"),
                "--backend",
                String.join(",", Workspace.frameworks()),
                "--seed",
                3,
                "--loss",
                "cross-entropy",
                "--optimizer",
                "adam:lr=0.02",
                "--batch",
                64,
                "--steps",
                25,
                "--tolerance",
                "--output",
                work.at("out"));

        assertThat(invocation.exitCode())
                .as(invocation.out() + invocation.err())
                .isZero();
        List<String> lines = invocation.out().lines().toList();
        assertThat(lines.get(0)).endsWith("accuracy on 360 test samples");
        assertThat(lines.subList(1, lines.size()))
                .hasSameSizeAs(Workspace.frameworks())
                .allSatisfy(line -> assertThat(Double.parseDouble(line.replaceAll(".* ([0-9.]+) %", "$1")))
                        .isGreaterThan(75));
        assertThat(Files.readString(work.at("out/losses.svg"))).contains("tolerance");
    }

    @Test
    void aLossOutsideItsToleranceIsNamed() {
        TrainingTable table = new TrainingTable(null);
        LossCurves.Band band = new LossCurves.Band(new double[] {1, 1}, new double[] {2, 2});
        double[] right = {1, 2};
        double[] wrong = {1, 2.5};
        double[] none = {1, Double.NaN};

        assertThat(table.check(band, Map.of("a", right))).isTrue();
        assertThat(new TrainingTable(null).check(band, Map.of("a", none))).isFalse();
        assertThat(table.check(band, Map.of("a", wrong))).isFalse();
        StringWriter out = new StringWriter();
        table.print(new PrintWriter(out));
        assertThat(out.toString()).contains("a: the loss of step 1 is 2.5, outside its tolerance, 1.0 to 2.0.");
    }

    @Test
    void badInputWritesNothing() {
        String name = Workspace.backend();
        assertThat(refused("--backend", name, "--seed", 2, "--loss", "nothing", "--optimizer", "sgd:lr=0.1"))
                .contains("cross-entropy, mse");
        assertThat(refused("--backend", name, "--seed", 2, "--loss", "mse", "--optimizer", "sgd:rate=0.1"))
                .contains("lr");
        assertThat(refused("--backend", name, "--loss", "cross-entropy", "--optimizer", "sgd:lr=0.1"))
                .contains("--seed N");
        assertThat(refused("--backend", name, "--seed", 2, "--loss", "mse", "--optimizer", "sgd:lr=0.1", "--steps", 0))
                .contains("at least 1");
        work.arrays("values.safetensors", "x", digits.pixels(), "y", digits.pixels());
        assertThat(refused(
                        "--backend",
                        name,
                        "--seed",
                        2,
                        "--loss",
                        "cross-entropy",
                        "--optimizer",
                        "sgd:lr=0.1",
                        "--test",
                        work.at("values.safetensors")))
                .contains("cannot be counted");
        work.arrays("data.safetensors", "x", digits.pixels());
        assertThat(refused("--backend", name, "--seed", 2, "--loss", "mse", "--optimizer", "sgd:lr=0.1"))
                .contains("nothing to train towards");
    }

    private String refused(Object... more) {
        Invocation invocation = train(more);
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(2);
        assertThat(work.files()).doesNotContain("out");
        return invocation.err();
    }
}
