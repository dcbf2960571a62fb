package org.lamina.conformance;

import java.util.Optional;
import org.lamina.spi.Engine;

/**
 * Something an engine must do besides computing.
 *
 * @param rule the number of the rule in SPEC.md
 * @param name what is checked
 * @param action finds what is wrong
 */
public record EngineCheck(String rule, String name, Action action) {
    private static final long NO_SEED = 0;

    /** Finds what is wrong with an engine, if anything is. */
    @FunctionalInterface
    public interface Action {
        /** What is wrong, if anything is. */
        Optional<String> wrong(Engine engine);
    }

    /** Runs the check. @return what is wrong, if anything is */
    public Optional<Failure> run(Engine engine) {
        Optional<String> wrong;
        try {
            wrong = action.wrong(engine);
        } catch (RuntimeException | LinkageError e) {
            wrong = Optional.of("failed: " + e);
        }
        return wrong.map(what -> Failure.of(Specification.load(), rule, engine.info(), name, "", what, "", NO_SEED));
    }

    @Override
    public String toString() {
        return name;
    }
}
