package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.HostArray;
import org.lamina.Shape;

/** Ctrl-C and SIGTERM at random moments. For a longer run give {@code -Dlamina.signals=100}. */
@EnabledOnOs(OS.LINUX)
class SignalledCommandsTest {
    private static final int SIGNALS = Integer.getInteger("lamina.signals", 2);
    private static final int LONGEST_MILLISECONDS = 100;
    /** About what a command takes. */
    private static final int WORK_MILLISECONDS = 3000;

    @TempDir
    private Path folder;

    private final Random random = new Random();

    private enum Signal {
        INT(2),
        TERM(15);

        private final int number;

        Signal(int number) {
            this.number = number;
        }

        int exitCode() {
            return 128 + number;
        }

        /** A background job's JVM has Ctrl-C ignored by its shell, and passes that on. */
        boolean isIgnored() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> Long.parseLong(line.substring(7).strip(), 16))
                    .anyMatch(mask -> ((mask >> (number - 1)) & 1) == 1);
        }

        void send(Process process) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name(), Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    /** A write in flight ends first. */
    @ParameterizedTest
    @EnumSource
    void nothingUnfinishedIsLeft(Signal signal) throws Exception {
        assumeFalse(signal.isIgnored(), "this JVM and those it starts ignore the signal");
        List<String> kinds = WorkInFlight.kinds(random);
        for (int i = 0; i < SIGNALS; i++) {
            WorkInFlight work = WorkInFlight.in(folder, kinds.get(i % kinds.size()));
            ChildJvm child = work.start(random.nextInt(LONGEST_MILLISECONDS));
            signal.send(child.process());
            assertThat(child.exitCode())
                    .as("%s: %s", work.kind(), child.errors())
                    .isEqualTo(signal.exitCode());
            work.assertWhole();
            assertThat(work.deleteUnfinished())
                    .as("temporary files of %s", work.kind())
                    .isZero();
        }
    }

    /** From the start of the JVM to its end, whatever it does then, native code of a framework too. */
    @ParameterizedTest
    @EnumSource
    void theCommandEndsAsAShellExpects(Signal signal) throws Exception {
        assumeFalse(signal.isIgnored(), "this JVM and those it starts ignore the signal");
        List<String> backends = Workspace.frameworks();
        for (int i = 0; i < SIGNALS; i++) {
            Workspace work = new Workspace(Files.createDirectory(folder.resolve(signal.name() + i)));
            Object[] command = command(work, i + random.nextInt(5), backends.get(random.nextInt(backends.size())));
            ChildJvm child = ChildJvm.lamina(folder.resolve("prints"), command);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(WORK_MILLISECONDS));
            signal.send(child.process());
            String what = List.of(command) + child.errors();
            assertThat(child.exitCode()).as(what).isIn(0, signal.exitCode());
            assertThat(child.errors()).as(what).doesNotContain("\tat ", "lamina");
            try (var paths = Files.walk(work.folder())) {
                assertThat(paths.map(Path::toString).filter(path -> path.endsWith(".tmp")))
                        .as(what)
                        .isEmpty();
            }
        }
    }

    /** On a terminal, which has a bar of progress in its last line. */
    @Test
    void theTerminalsLineIsEmptyAfterwards() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script, which makes a terminal");
        Workspace work = new Workspace(folder);
        List<String> command = new ArrayList<>(List.of(ChildJvm.JAVA, "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        for (Object argument : command(work, 2, Backends.REFERENCE)) {
            command.add(argument.toString());
        }
        Process terminal = new ProcessBuilder("script", "-qec", String.join(" ", command), "/dev/null")
                .redirectErrorStream(true)
                .start();
        StringBuilder shown = new StringBuilder();
        try (Reader reader = terminal.inputReader(StandardCharsets.UTF_8)) {
            while (!shown.toString().contains("training")) {
                shown.append((char) reader.read());
            }
            terminal.children().forEach(SignalledCommandsTest::terminateTheLast);
            for (int next = reader.read(); next >= 0; next = reader.read()) {
                shown.append((char) next);
            }
        }
        assertThat(terminal.waitFor()).isEqualTo(Signal.TERM.exitCode());
        assertThat(shown.substring(shown.lastIndexOf("training"))).containsPattern("\r +\r[^\r ]*\r?$");
    }

    /** The terminal's shell has become the JVM or has it as its child. */
    private static void terminateTheLast(ProcessHandle process) {
        process.children().findFirst().ifPresentOrElse(SignalledCommandsTest::terminateTheLast, process::destroy);
    }

    private static Object[] command(Workspace work, int which, String backend) {
        Path layer = work.text("layer.json", "{\"type\": \"Dense\", \"units\": 64}");
        Path data = work.arrays(
                "data.safetensors",
                "x",
                HostArray.uniform(Shape.of(64, 64), 1),
                "y",
                HostArray.uniform(Shape.of(64, 64), 2));
        Path x = work.arrays("x.safetensors", "x", HostArray.uniform(Shape.of(64, 64), 1));
        Path weights = work.arrays(
                "w.safetensors",
                "weight",
                HostArray.uniform(Shape.of(64, 64), 1),
                "bias",
                HostArray.uniform(Shape.of(64), 2));
        work.text("w.layer.json", "{\"type\": \"Dense\", \"units\": 64}");
        return switch (which % 5) {
            case 0 ->
                new Object[] {"init", layer, "--input-shape", "2,64", "--seed", 1, "--output", work.at("i.safetensors")
                };
            case 1 ->
                new Object[] {
                    "run",
                    layer,
                    "--backend",
                    backend,
                    "--input",
                    x,
                    "--weights",
                    weights,
                    "--output",
                    work.at("y.safetensors")
                };
            case 2 ->
                new Object[] {
                    "train",
                    layer,
                    "--backend",
                    backend,
                    "--data",
                    data,
                    "--seed",
                    1,
                    "--loss",
                    "mse",
                    "--optimizer",
                    "sgd:lr=0.1",
                    "--batch",
                    64,
                    "--steps",
                    2000,
                    "--output",
                    work.at("out")
                };
            case 3 ->
                new Object[] {
                    "conform",
                    "--backend",
                    backend,
                    "--layer",
                    layer,
                    "--input-shape",
                    "64,64",
                    "--report",
                    work.at("report")
                };
            default ->
                new Object[] {"port", "--from", "lamina:" + weights, "--to", "torch:" + work.at("net"), "--verify"};
        };
    }
}
