package org.lamina.layer;

import java.util.Map;

/**
 * Tells the names that layers have in {@code layer.json}. A library of layers implements it and lists the implementation in
 * {@code META-INF/services/org.lamina.layer.LayerProvider}; then its layers are read and written wherever it is on the class path.
 */
public interface LayerProvider {
    /** The record class of each layer by its name. A library does well to begin its names with its own: {@code acme.Attention}. */
    Map<String, Class<? extends Layer>> layers();
}
