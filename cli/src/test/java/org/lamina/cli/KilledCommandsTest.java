package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.HostArray;
import org.lamina.io.Safetensors;
import org.lamina.port.ModelFormats;

/**
 * A process that ports, runs and trains is killed at random moments; each file and folder is the old or the new one, whole. For a
 * longer run give {@code -Dlamina.kills=200}.
 */
class KilledCommandsTest {
    private static final int KILLS = Integer.getInteger("lamina.kills", 4);
    private static final int LONGEST_MILLISECONDS = 100;
    /** From so many kills on some must have met a write, or the moments are badly chosen. */
    private static final int ENOUGH = 50;

    @TempDir
    private Path folder;

    private final Random random = new Random();

    @Test
    void whatIsThereIsWhole() throws Exception {
        List<String> kinds = new ArrayList<>(UnwritableDiskTest.places().toList());
        kinds.addAll(List.of(KilledCommands.RUN, KilledCommands.TRAIN));
        Collections.shuffle(kinds, random);
        int unfinished = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            unfinished += killAndCheck(kinds.get(kill % kinds.size()));
        }
        if (KILLS >= ENOUGH) {
            assertThat(unfinished).as("temporary files that kills left").isPositive();
        }
    }

    private int killAndCheck(String kind) throws Exception {
        Workspace work = new Workspace(folder.resolve(kind.replaceAll("[:/]", "_")));
        Files.createDirectories(work.folder().resolve(kind.contains("/") ? kind.replaceAll(".*:|/[^/]*$", "") : ""));
        kill(work, kind);
        switch (kind) {
            case KilledCommands.RUN -> assertRan(work);
            case KilledCommands.TRAIN -> assertTrained(work);
            default -> assertPorted(work, kind);
        }
        return unfinished(work);
    }

    private void kill(Workspace work, String kind) throws Exception {
        Files.deleteIfExists(work.at("started"));
        ChildJvm child = ChildJvm.start(
                List.of(), System.getProperty("java.class.path"), work.at("prints"), KilledCommands.class, work.folder(), kind);
        try {
            while (!Files.exists(work.at("started"))) {
                assertThat(child.process().isAlive()).as(child.errors()).isTrue();
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_MILLISECONDS));
        } finally {
            child.process().destroyForcibly().waitFor();
        }
    }

    private static void assertPorted(Workspace work, String place) {
        int colon = place.indexOf(':');
        assertOneNumber(place, ModelFormats.named(place.substring(0, colon))
                .read(work.at(place.substring(colon + 1)), null)
                .weights()
                .tensors()
                .values());
    }

    private static void assertRan(Workspace work) {
        for (String backend : List.of(Workspace.backend(), Backends.REFERENCE)) {
            Path file = OutputFiles.of(work.at("y.safetensors"), backend);
            assertOneNumber(backend, Safetensors.read(file).tensors().values());
        }
    }

    private static void assertTrained(Workspace work) throws IOException {
        List<String> losses = Files.readAllLines(work.at("losses.reference.csv"));
        assertThat(losses).hasSize(101);
        assertThat(losses.stream().skip(1).map(line -> line.replaceAll(".*,", ""))).containsOnly(losses.get(1).replaceAll(".*,", ""));
        assertThat(Safetensors.read(work.at("weights.reference.safetensors")).tensors()).isEmpty();
        assertThat(work.at("losses.svg")).content().startsWith("<svg").endsWith("</svg>\n");
    }

    private static void assertOneNumber(String what, Collection<HostArray> values) {
        double round = values.iterator().next().doubleAt(0);
        assertThat(round).isPositive();
        assertThat(values).as(what).allSatisfy(value -> assertThat(value)
                .isEqualTo(HostArray.full(value.type(), round)));
    }

    /** Counts what kills left, and takes it away. */
    private static int unfinished(Workspace work) throws IOException {
        List<Path> left;
        try (Stream<Path> paths = Files.walk(work.folder())) {
            left = paths.filter(path -> path.getFileName().toString().matches("\\..*[0-9a-f]{12}\\.tmp"))
                    .toList();
        }
        for (Path temporary : left) {
            List<Path> held;
            try (Stream<Path> paths = Files.walk(temporary)) {
                held = new ArrayList<>(paths.toList());
            }
            Collections.reverse(held);
            for (Path path : held) {
                Files.delete(path);
            }
        }
        return left.size();
    }
}
