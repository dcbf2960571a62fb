package org.lamina.conformance.oracle;

import java.util.Collections;
import java.util.EnumSet;
import org.lamina.DType;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** Brings the backend {@code reference}, which is always there and is chosen by name only. */
public final class OracleProvider implements BackendProvider {
    /** The name of the backend. */
    public static final String NAME = "reference";

    /** What it is. */
    public static final BackendInfo INFO = new BackendInfo(
            NAME,
            "plain Java loops in float64",
            System.getProperty("java.version", "unknown"),
            "cpu",
            Collections.unmodifiableSet(EnumSet.allOf(DType.class)));

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
        return new OracleEngine();
    }
}
