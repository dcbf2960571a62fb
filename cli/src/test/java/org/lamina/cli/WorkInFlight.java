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
import org.lamina.HostArray;
import org.lamina.io.Safetensors;
import org.lamina.port.ModelFormats;

/** What {@link KilledCommands} does in a process of its own, and what must be left when that ends in the middle. */
record WorkInFlight(Workspace work, String kind) {
    /** All kinds of work, in an order of chance. */
    static List<String> kinds(Random random) {
        List<String> kinds = new ArrayList<>(UnwritableDiskTest.places().toList());
        kinds.addAll(List.of(KilledCommands.RUN, KilledCommands.TRAIN));
        Collections.shuffle(kinds, random);
        return kinds;
    }

    /** In a folder of its kind. */
    static WorkInFlight in(Path folder, String kind) throws IOException {
        Workspace work = new Workspace(folder.resolve(kind.replaceAll("[:/]", "_")));
        Files.createDirectories(work.folder().resolve(kind.contains("/") ? kind.replaceAll(".*:|/[^/]*$", "") : ""));
        return new WorkInFlight(work, kind);
    }

    /** Starts it, and returns some time after all was written once. */
    ChildJvm start(int milliseconds) throws IOException, InterruptedException {
        Files.deleteIfExists(work.at("started"));
        ChildJvm child = ChildJvm.start(
                List.of(),
                System.getProperty("java.class.path"),
                work.at("prints"),
                KilledCommands.class,
                work.folder(),
                kind);
        try {
            while (!Files.exists(work.at("started"))) {
                assertThat(child.process().isAlive()).as(child.errors()).isTrue();
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MILLISECONDS.sleep(milliseconds);
            return child;
        } catch (AssertionError | InterruptedException e) {
            child.process().destroyForcibly();
            throw e;
        }
    }

    void assertWhole() throws IOException {
        switch (kind) {
            case KilledCommands.RUN -> assertRan();
            case KilledCommands.TRAIN -> assertTrained();
            default -> assertPorted();
        }
    }

    private void assertPorted() {
        int colon = kind.indexOf(':');
        assertOneNumber(
                kind,
                ModelFormats.named(kind.substring(0, colon))
                        .read(work.at(kind.substring(colon + 1)), null)
                        .weights()
                        .tensors()
                        .values());
    }

    private void assertRan() {
        for (String backend : List.of(Workspace.backend(), Backends.REFERENCE)) {
            Path file = OutputFiles.of(work.at("y.safetensors"), backend);
            assertOneNumber(backend, Safetensors.read(file).tensors().values());
        }
    }

    private void assertTrained() throws IOException {
        List<String> losses = Files.readAllLines(work.at("losses.reference.csv"));
        assertThat(losses).hasSize(101);
        assertThat(losses.stream().skip(1).map(line -> line.replaceAll(".*,", "")))
                .containsOnly(losses.get(1).replaceAll(".*,", ""));
        assertThat(Safetensors.read(work.at("weights.reference.safetensors")).tensors())
                .isEmpty();
        assertThat(work.at("losses.svg")).content().startsWith("<svg").endsWith("</svg>\n");
    }

    private static void assertOneNumber(String what, Collection<HostArray> values) {
        double round = values.iterator().next().doubleAt(0);
        assertThat(round).isPositive();
        assertThat(values).as(what).allSatisfy(value -> assertThat(value)
                .isEqualTo(HostArray.full(value.type(), round)));
    }

    /** Counts the temporary files and folders that are left, and takes them away. */
    int deleteUnfinished() throws IOException {
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
