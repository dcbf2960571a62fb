package org.lamina.port;

/** Lamina's own names and layouts, as NumPy's npz. */
public final class NpzFormat extends WeightFormat {
    /** For ServiceLoader. */
    public NpzFormat() {
        super("npz", null, ArrayStorage.NPZ);
    }
}
