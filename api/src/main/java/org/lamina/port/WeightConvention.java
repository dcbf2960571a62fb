package org.lamina.port;

import java.util.List;
import java.util.Map;
import org.lamina.layer.Layer;

/** What one format calls layers, and the arrays in them. */
interface WeightConvention {
    /** The format's name. */
    String format();

    /** True if images have their channels last, which turns the kernels and what follows a flattening. */
    boolean channelsLast();

    /** The arrays of each layer that has parameters, by the layer's class. */
    Map<Class<?>, Arrays> layers();

    /** The name of a child of a container, below the container's own. */
    String child(String container, Layer child, String name, Counter counter);

    /** The full name of an array. */
    String tensor(String layer, String name);

    /** The name of an array in the form that {@link #tensor} gives, whatever other form the file has; empty to pass it over. */
    String canonical(String name);

    /** The arrays of one layer. */
    interface Arrays {
        List<StoredTensor> of(Layer layer);
    }

    /** How often a name was used in a container before. */
    interface Counter {
        int next(String name);
    }
}
