package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layers.Dense;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** Nothing that writes leaves anything but what was there on a disk that is full or read-only, and each says so. */
class UnwritableDiskTest {
    /** Room for a header, and not for weights. */
    private static final int LITTLE = 8192;

    private static final Shape INPUT = Shape.of(2, 64);

    @TempDir
    private Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() throws IOException {
        work = new Workspace(folder);
        work.text("layer.json", "{\"type\": \"Dense\", \"units\": 100}");
        work.arrays("data.safetensors", "x", HostArray.uniform(INPUT, 1), "y", HostArray.uniform(Shape.of(2, 100), 2));
        Files.createDirectory(work.at("disk"));
    }

    /** What a format writes to: a file, a folder, or both. */
    static Stream<String> places() {
        Map<String, List<String>> names = Map.of(
                "dl4j", List.of("net.zip"),
                "djl", List.of("net.params", "net"),
                "flax", List.of("net.safetensors"),
                "keras", List.of("net.weights.h5", "net"),
                "lamina", List.of("net.safetensors", "net.zip", "net"),
                "npz", List.of("net.npz"),
                "tf", List.of("net"),
                "torch", List.of("net.safetensors", "net"));
        return ModelFormats.all().stream()
                .map(ModelFormat::name)
                .flatMap(format -> Objects.requireNonNull(names.get(format), format).stream()
                        .map(name -> format + ":" + format + "/" + name));
    }

    /** All that the command can write, by what it is. */
    private List<List<Object>> commands(Path disk) {
        Path layer = work.at("layer.json");
        Path data = work.at("data.safetensors");
        String backends = String.join(",", Workspace.backend(), Backends.REFERENCE);
        List<List<Object>> commands = new ArrayList<>(List.of(
                List.of(
                        "init",
                        layer,
                        "--input-shape",
                        "2,64",
                        "--seed",
                        1,
                        "--output",
                        disk.resolve("init.safetensors")),
                List.of(
                        "run",
                        layer,
                        "--backend",
                        backends,
                        "--input",
                        data,
                        "--seed",
                        1,
                        "--gradient",
                        "--output",
                        disk.resolve("run/y.safetensors")),
                List.of(
                        "train",
                        layer,
                        "--backend",
                        backends,
                        "--data",
                        data,
                        "--seed",
                        1,
                        "--loss",
                        "mse",
                        "--optimizer",
                        "adam:lr=0.1",
                        "--batch",
                        2,
                        "--steps",
                        2,
                        "--output",
                        disk.resolve("trained")),
                List.of(
                        "conform",
                        "--layer",
                        layer,
                        "--input-shape",
                        "2,64",
                        "--backend",
                        Workspace.backend(),
                        "--report",
                        disk.resolve("report")),
                List.of("digits", disk.resolve("digits"))));
        places().forEach(place -> {
            String[] parts = place.split(":", -1);
            commands.add(List.of(
                    "port", "--from", "lamina:" + work.at("net.zip"), "--to", parts[0] + ":" + disk.resolve(parts[1])));
        });
        return commands;
    }

    private Model model(Backend backend) {
        return backend.model(new Dense(100)).initialize(INPUT, 1);
    }

    /** All that a program can write but for ports, which the command does. */
    private static Map<String, Consumer<Model>> saves(Path disk) {
        return Map.of(
                "weights", model -> Safetensors.of(model.parameters()).write(disk.resolve("weights.safetensors")),
                "checkpoint", model -> checkpoint(model, disk.resolve("checkpoint.safetensors")),
                "bundle", model -> Bundle.of(model).write(disk.resolve("bundle")),
                "archive", model -> Bundle.of(model).write(disk.resolve("bundle.zip")));
    }

    private static void checkpoint(Model model, Path file) {
        try (Trainer trainer = Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse("adam:lr=0.1"), 1)) {
            trainer.save(file);
        }
    }

    @Test
    void aFullDiskKeepsWhatItHas() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work.at("disk"), "8m")) {
            writeAll(disk.folder());
            disk.fill(LITTLE);
            assertNothingIsWritten(disk, "No space left on device", Failures.FAILED);
        }
    }

    /** What is new is not begun either: neither a folder nor a temporary file is left. */
    @Test
    void aFullDiskGetsNothingNew() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work.at("disk"), "1m")) {
            try (Backend backend = Backend.load(Backends.REFERENCE)) {
                Bundle.of(model(backend)).write(work.at("net.zip"));
            }
            disk.fill(0);
            assertNothingIsWritten(disk, "No space left on device", Failures.FAILED);
        }
    }

    /** The command finds that out before it works. */
    @Test
    void aReadOnlyDiskIsLeftAlone() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(work.at("disk"), "8m")) {
            writeAll(disk.folder());
            disk.makeReadOnly();
            assertNothingIsWritten(disk, "", Failures.USAGE);
        }
    }

    private void writeAll(Path disk) {
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            saves(disk).values().forEach(save -> save.accept(model(backend)));
            Bundle.of(model(backend)).write(work.at("net.zip"));
        }
        for (List<Object> command : commands(disk)) {
            Invocation done = lamina(command.toArray());
            assertThat(done.exitCode()).as(command + done.err()).isZero();
        }
    }

    private void assertNothingIsWritten(SmallDisk disk, String reason, int exitCode) {
        Map<String, String> before = disk.content();
        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Model model = model(backend);
            saves(disk.folder()).forEach((what, save) -> {
                assertThatThrownBy(() -> save.accept(model))
                        .as(what)
                        .isInstanceOfSatisfying(
                                LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
                        .hasMessageContaining(reason);
                assertThat(disk.content()).as(what).isEqualTo(before);
            });
        }
        for (List<Object> command : commands(disk.folder())) {
            Invocation refused = lamina(command.toArray());
            assertThat(refused.err())
                    .as(command::toString)
                    .contains(reason, "nothing was", "[FILE_ACCESS]")
                    .doesNotContain("\tat ");
            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(exitCode);
            assertThat(disk.content().equals(before))
                    .as(() -> command + " left " + disk.content().keySet() + " of " + before.keySet())
                    .isTrue();
        }
    }
}
