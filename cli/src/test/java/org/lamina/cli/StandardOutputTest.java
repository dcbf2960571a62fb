package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of output that nobody takes. */
class StandardOutputTest {
    private static final PrintStream CLOSED = new PrintStream(
            new OutputStream() {
                @Override
                public void write(int value) throws IOException {
                    throw new IOException("not taken");
                }
            },
            false,
            StandardCharsets.UTF_8);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void aFullDiskIsAnError() {
        CLOSED.print("a table");
        assertThat(StandardOutput.exitCode(0, CLOSED, err, false)).isEqualTo(1);
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("standard output")
                .contains("[FILE_ACCESS]");
    }

    @Test
    void aReaderThatHasEnoughIsNone() {
        CLOSED.print("a table");
        assertThat(StandardOutput.exitCode(0, CLOSED, err, true)).isEqualTo(141);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void whatArrivesLeavesTheCode() {
        assertThat(StandardOutput.exitCode(1, err, CLOSED, true)).isEqualTo(1);
    }

    /** The command as a shell sees it, with its output going to a file, a reader that ends at once, and a full device. */
    @Test
    void theProcessEndsAsAShellExpects() throws Exception {
        assumeTrue(new File("/dev/full").exists(), "needs a device that is always full");
        Process ended = command().redirectError(ProcessBuilder.Redirect.PIPE).start();
        ended.getInputStream().close();
        assertThat(text(ended.getErrorStream())).isEmpty();
        assertThat(exitCode(ended)).isEqualTo(141);
        Process full = command().redirectOutput(new File("/dev/full")).start();
        assertThat(text(full.getErrorStream())).contains("could not be written").doesNotContain("\tat ");
        assertThat(exitCode(full)).isEqualTo(1);
        Process taken = command().start();
        assertThat(text(taken.getInputStream())).contains("Usage");
        assertThat(exitCode(taken)).isZero();
    }

    private static ProcessBuilder command() {
        return new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                "org.lamina.cli.Main",
                "--help");
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }
}
