package org.lamina.spi;

/** A model's declared values in native memory, for code that computes new ones there. */
public interface ParameterStore {
    /** The value under a path or alias; it stays the store's. */
    NativeArray value(String path);

    /** Replaces the value under a path of a declaration; the store owns the new one and closes the old. */
    void replace(String path, NativeArray value);
}
