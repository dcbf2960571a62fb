package org.lamina.fuzz;

import java.nio.file.Path;

/** What Jazzer calls, with the target that the property {@code lamina.fuzz.target} names. */
public final class Fuzzer {
    private static final Target TARGET = Targets.named(System.getProperty("lamina.fuzz.target", ""));
    private static final Scratch SCRATCH = Scratch.create();

    private Fuzzer() {}

    /** Loads and instruments the classes that whole inputs need, which would else count as the time of the first input. */
    public static void fuzzerInitialize() {
        TARGET.accepts(new byte[0], SCRATCH);
        Corpus.read(Path.of(System.getProperty("lamina.fuzz.corpus", "")).resolve(TARGET.name()))
                .values()
                .forEach(input -> TARGET.accepts(input, SCRATCH));
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] input) {
        TARGET.accepts(input, SCRATCH);
    }

    /** Called when the run ends. */
    public static void fuzzerTearDown() {
        SCRATCH.delete();
    }
}
