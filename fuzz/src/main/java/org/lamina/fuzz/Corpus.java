package org.lamina.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Inputs that are kept: whole ones to begin with, called {@code valid}..., and those that once did harm. */
final class Corpus {
    private Corpus() {}

    /** The inputs of a folder by name; none if there is no such folder. */
    static Map<String, byte[]> read(Path folder) {
        Map<String, byte[]> inputs = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    inputs.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return inputs;
    }
}
