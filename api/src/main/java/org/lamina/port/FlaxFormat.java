package org.lamina.port;

/** Flax' variables, flattened with dots, as safetensors. */
public final class FlaxFormat extends WeightFormat {
    /** For ServiceLoader. */
    public FlaxFormat() {
        super("flax", new FlaxConvention(), ArrayStorage.SAFETENSORS);
    }
}
