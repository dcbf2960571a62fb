package org.lamina.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.HostArray;

/**
 * Named tensors, as a safetensors file holds them.
 *
 * @param tensors by name, in order
 * @param metadata free text by key
 */
public record TensorFile(Map<String, HostArray> tensors, Map<String, String> metadata) {
    /** Copies the maps, keeping their order. */
    public TensorFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
