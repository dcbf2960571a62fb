package org.lamina.port;

/** Keras 3's weights: {@code .weights.h5}, read from {@code .keras} too. */
public final class KerasFormat extends WeightFormat {
    /** For ServiceLoader. */
    public KerasFormat() {
        super(
                "keras",
                new KerasConvention(),
                new HdfStorage(".weights.h5"),
                new HdfStorage(".h5"),
                new KerasArchive(),
                ArrayStorage.SAFETENSORS);
    }
}
