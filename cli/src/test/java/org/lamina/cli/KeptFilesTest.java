package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.train.Adam;
import org.lamina.train.Loss;
import org.lamina.train.Trainer;

/** Files that 0.1.0 wrote are read to the same bits by this version. New ones stand beside the old, which are never written anew. */
class KeptFilesTest {
    private static final Path FOLDER =
            Path.of("src/test/resources/org/lamina/cli/written/0.1.0").toAbsolutePath();

    private static final Map<String, String> FILES = Map.of(
            "lamina", "net.zip",
            "torch", "torch.safetensors",
            "keras", "net.weights.h5",
            "flax", "flax.safetensors",
            "npz", "net.npz",
            "dl4j", "dl4j.zip",
            "djl", "djl.params",
            "tf", "saved_model");

    private static final TensorType INPUT = new TensorType(DType.FLOAT32, Shape.of(2, 3, 5, 4));
    private static final HostArray X = HostArray.normal(INPUT.shape(), 1);
    private static final HostArray Y = HostArray.normal(Shape.of(2, 4), 2);

    private static Layer layer() {
        return LayerJson.standard().read(FOLDER.resolve("net.layer.json"));
    }

    private static Map<String, HostArray> values(String name) {
        return Safetensors.read(FOLDER.resolve(name)).tensors();
    }

    static Stream<String> formats() {
        return ModelFormats.all().stream().map(ModelFormat::name).filter(FILES::containsKey);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aModelHasTheSameBits(String format) {
        Bundle read = ModelFormats.named(format).read(FOLDER.resolve(FILES.getOrDefault(format, "")), null);
        assertThat(read.layer()).isEqualTo(layer());
        assertThat(read.weights().tensors()).containsExactlyInAnyOrderEntriesOf(values("expected.safetensors"));
    }

    @Test
    void aBundleKeepsWhatIsFrozen() {
        assertThat(Bundle.read(FOLDER.resolve("net.zip")).frozen()).containsExactly("0.weight");
    }

    /** The optimizer's state and the position in the order of batches too, or the next step would differ. */
    @Test
    void aCheckpointGoesOnWithTheSameBits() {
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(layer()).initialize(List.of(INPUT), values("expected.safetensors"));
                Trainer trainer = trainer(model)) {
            trainer.resume(FOLDER.resolve("checkpoint"));
            assertThat(trainer.steps()).isEqualTo(2);
            trainer.step(X, Y);
            assertThat(model.parameters()).containsExactlyInAnyOrderEntriesOf(values("third-step.safetensors"));
        }
    }

    private static Trainer trainer(Model model) {
        return Trainer.of(model, Loss.meanSquaredError(), new Adam(0.01), 3);
    }

    /** How they were written, once. */
    @Test
    @EnabledIfSystemProperty(named = "lamina.kept.write", matches = "true")
    void write() throws IOException {
        Files.createDirectories(FOLDER);
        try (Backend backend = Backend.load(Backends.REFERENCE);
                Model model = backend.model(layer()).initialize(INPUT.shape(), 5);
                Trainer trainer = trainer(model)) {
            model.freeze("0.weight");
            Bundle bundle = Bundle.of(model);
            Safetensors.of(model.parameters()).write(FOLDER.resolve("expected.safetensors"));
            for (String format : FILES.keySet()) {
                ModelFormats.named(format)
                        .write(bundle, FOLDER.resolve(FILES.getOrDefault(format, "")), List.of(INPUT));
            }
            trainer.step(X, Y);
            trainer.step(X, Y);
            trainer.save(FOLDER.resolve("checkpoint"));
            trainer.step(X, Y);
            Safetensors.of(model.parameters()).write(FOLDER.resolve("third-step.safetensors"));
        }
        assertThat(FOLDER.resolve("checkpoint")).exists();
    }
}
