package org.lamina.examples;

import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/**
 * An adapter of one's own, which hands the work on to another. One for a new framework implements the primitives as a
 * {@code Lowering} and runs them in an {@code EagerExecutable}: see {@code adapter-djl}.
 *
 * @param original what does the work
 */
public record CountingProvider(BackendProvider original) implements BackendProvider {
    @Override
    public String name() {
        return "counting-" + original.name();
    }

    @Override
    public boolean isPresent() {
        return original.isPresent();
    }

    @Override
    public Engine open() {
        return new CountingEngine(name(), original.open());
    }
}
