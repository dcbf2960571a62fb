package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.io.Bundle;
import org.lamina.train.Trainer;

/**
 * A process that saves is killed at random moments; what it wrote is the old or the new one, whole. For a longer run give {@code
 * -Dlamina.kills=200}.
 */
class KilledWritesTest {
    private static final int KILLS = Integer.getInteger("lamina.kills", 4);
    private static final int LONGEST_MILLISECONDS = 60;
    /** From so many kills on some must have met a write, or the moments are badly chosen. */
    private static final int ENOUGH = 50;

    private static final List<String> SAVED =
            List.of(KilledWriter.CHECKPOINT, KilledWriter.FOLDER, KilledWriter.ARCHIVE, KilledWriter.PORTED);

    @TempDir
    private Path folder;

    @Test
    void whatIsThereIsWhole() throws Exception {
        Random random = new Random();
        int unfinished = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            killAfter(random.nextInt(LONGEST_MILLISECONDS));
            for (String name : SAVED) {
                assertWhole(name);
            }
            unfinished += deleteUnfinished();
        }
        if (KILLS >= ENOUGH) {
            assertThat(unfinished).as("temporary files that kills left").isPositive();
        }
    }

    private void killAfter(int milliseconds) throws IOException, InterruptedException {
        Path started = folder.resolve("started");
        Files.deleteIfExists(started);
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), "output"))
                .start();
        try {
            while (!Files.exists(started)) {
                assertThat(writer.isAlive())
                        .as(() -> "the writer lives: " + output())
                        .isTrue();
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void assertWhole(String name) {
        Path path = folder.resolve(name);
        Collection<HostArray> values =
                switch (name) {
                    case KilledWriter.CHECKPOINT -> resumed(path);
                    case KilledWriter.PORTED ->
                        KilledWriter.ported()
                                .read(path, null)
                                .weights()
                                .tensors()
                                .values();
                    default -> Bundle.read(path).weights().tensors().values();
                };
        double round = values.iterator().next().doubleAt(0);
        assertThat(round).isPositive();
        assertThat(values).as(name).allSatisfy(value -> assertThat(value)
                .isEqualTo(HostArray.full(value.type(), round)));
    }

    private static Collection<HostArray> resumed(Path checkpoint) {
        try (Backend backend = Backend.load("reference")) {
            Model model = KilledWriter.model(backend);
            try (Trainer trainer = KilledWriter.trainer(model)) {
                trainer.resume(checkpoint);
            }
            return model.parameters().values();
        }
    }

    private int deleteUnfinished() throws IOException {
        List<Path> left = new ArrayList<>();
        try (Stream<Path> paths = Files.list(folder)) {
            paths.filter(path -> path.getFileName().toString().endsWith(".tmp"))
                    .filter(path -> !path.getFileName().toString().endsWith(".replaced.tmp"))
                    .forEach(left::add);
        }
        for (Path path : left) {
            delete(path);
        }
        return left.size();
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> paths = Files.list(path)) {
                for (Path file : paths.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.delete(path);
    }
}
