package org.lamina.spi;

import java.util.Map;

/** A model's declared values in native memory, for code that computes new ones there. */
public interface ParameterStore {
    /** The value under a path or alias; it stays the store's. */
    NativeArray value(String path);

    /** Replaces values by path; the store owns the new ones and closes the old. */
    void replace(Map<String, NativeArray> values);
}
