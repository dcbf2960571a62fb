package org.lamina.spi;

/** How a backend is found: an adapter names its implementation for {@link java.util.ServiceLoader}. */
public interface BackendProvider {
    /** The name people choose it by, such as {@code dl4j}. Loads nothing native. */
    String name();

    /** True if the framework's own files are on the class path. Loads nothing native. */
    boolean isPresent();

    /**
     * Loads the framework.
     *
     * @throws org.lamina.LaminaException if it cannot be loaded
     */
    Engine open();
}
