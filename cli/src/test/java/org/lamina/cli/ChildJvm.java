package org.lamina.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM beside this one; what it prints goes to one file for each stream. */
record ChildJvm(Process process, File out, File err) {
    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final int LONGEST_MINUTES = 3;

    /** The command in a JVM with this one's class path. */
    static ChildJvm lamina(Path prints, Object... arguments) {
        return start(List.of(), System.getProperty("java.class.path"), prints, Main.class, arguments);
    }

    /**
     * Starts a class.
     *
     * @param options of the JVM
     * @param prints what the files of output and errors are called before their suffixes
     */
    static ChildJvm start(List<String> options, String classPath, Path prints, Class<?> main, Object... arguments) {
        return start(List.of(), options, classPath, prints, main, arguments);
    }

    /** @param before what runs the JVM, such as a shell that limits it */
    static ChildJvm start(
            List<String> before,
            List<String> options,
            String classPath,
            Path prints,
            Class<?> main,
            Object... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(JAVA);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dai.djl.offline=true",
                "-Dorg.bytedeco.javacpp.logger=slf4j"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        File out = new File(prints + ".out");
        File err = new File(prints + ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out).redirectError(err);
            builder.environment().putAll(Map.of("OMP_NUM_THREADS", "1"));
            return new ChildJvm(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its exit code, once it has ended; one that does not end is ended. */
    int exitCode() throws InterruptedException {
        try {
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException("it has not ended after " + LONGEST_MINUTES + " minutes");
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    String printed() throws IOException {
        return Files.readString(out.toPath());
    }

    String errors() throws IOException {
        return Files.readString(err.toPath());
    }
}
