package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The verdict is the same with 1, 2 and 8 threads. The number of threads is a process's, and for kernels the number of its
 * processors too.
 */
@Tag("shared")
class ThreadsTest {
    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    @Rule({"12.1", "7.1", "7.2"})
    void everyVerdictIsGood(int threads) throws IOException, InterruptedException {
        Path output = Files.createTempFile("verdicts", ".txt");
        try {
            Process process = process(threads, output).start();
            assertThat(process.waitFor()).as(() -> read(output)).isZero();
            List<String> verdicts = read(output)
                    .lines()
                    .filter(line -> line.startsWith("verdict; "))
                    .toList();
            assertThat(verdicts).isNotEmpty().allMatch(line -> line.endsWith("; passed"));
        } finally {
            Files.delete(output);
        }
    }

    private static ProcessBuilder process(int threads, Path output) {
        List<String> command = new ArrayList<>();
        if (threads == 1 && Files.isExecutable(TASKSET)) {
            command.addAll(List.of(TASKSET.toString(), "-c", "0"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dai.djl.offline=true",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + threads,
                "-cp",
                System.getProperty("java.class.path"),
                Verdicts.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(output.toFile()).redirectErrorStream(true);
        Stream.of("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
                .forEach(name -> builder.environment().put(name, Integer.toString(threads)));
        return builder;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
