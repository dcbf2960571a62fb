package org.lamina.spi;

import java.util.Set;
import org.lamina.DType;

/**
 * What a backend is.
 *
 * @param name the name people choose it by
 * @param framework the framework and engine in words, such as {@code DJL, PyTorch engine}
 * @param version the framework's version as it says itself
 * @param device where it computes, such as {@code cpu}
 * @param dtypes the element types it takes
 */
public record BackendInfo(String name, String framework, String version, String device, Set<DType> dtypes) {}
