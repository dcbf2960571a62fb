package org.lamina.layers;

import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * A row of {@code weight} (size, units), drawn from N(0, 1), for each index: of integers (...) to (..., units). An index outside
 * 0 to size - 1 is an error.
 *
 * @param size how many rows
 * @param units how long they are
 */
public record Embedding(long size, long units) implements Layer {
    /** Checks the sizes. */
    public Embedding {
        Configuration.requirePositive("Embedding", "size", size);
        Configuration.requirePositive("Embedding", "units", units);
    }

    @Override
    public Tensor forward(Scope scope, Tensor x) {
        return scope.parameter("weight", Shape.of(size, units), Initializer.normal(0, 1))
                .gather(0, x);
    }
}
