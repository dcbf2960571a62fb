package org.lamina.conformance.oracle;

import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** Brings the backend {@code reference}, which is always there and is chosen by name only. */
public final class OracleProvider implements BackendProvider {
    /** The name of the backend. */
    public static final String NAME = "reference";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public Engine open() {
        return new OracleEngine(Rounding::none);
    }
}
