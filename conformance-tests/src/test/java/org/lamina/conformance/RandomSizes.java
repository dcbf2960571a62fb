package org.lamina.conformance;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.LogSoftmax;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.Softmax;

/** Layers whose outputs or gradients are sums of 10^2 to 10^6 terms, drawn at random. */
final class RandomSizes {
    private static final double EPSILON = 1e-5;
    private static final int MOST = 1_000_000;
    private static final int MOST_ELEMENTS = 200_000;
    private static final int MOST_ROWS = 8;

    private final SplittableRandom random;
    private final long terms;
    private final long rows;

    private RandomSizes(long seed) {
        random = new SplittableRandom(seed);
        terms = Math.round(Math.pow(10, 2 + 4 * random.nextDouble()));
        rows = 1L + random.nextInt((int) Math.max(1, Math.min(MOST_ROWS, MOST_ELEMENTS / terms)));
    }

    /** A layer on inputs of one kind, all drawn from a seed. */
    static LayerConformance draw(long seed) {
        RandomSizes sizes = new RandomSizes(seed);
        Shape wide = Shape.of(sizes.rows, sizes.terms);
        Shape tall = Shape.of(sizes.terms, sizes.rows);
        long side = (long) Math.sqrt((double) sizes.terms);
        Shape image = Shape.of(1, 2, side, side);
        List<Supplier<LayerConformance>> choices = List.of(
                () -> sizes.on("sum of the last axis", (scope, x) -> x.sum(-1), wide),
                () -> sizes.on("sum of the first axis", (scope, x) -> x.sum(0), tall),
                () -> sizes.on("mean of all", (scope, x) -> x.mean(), wide),
                () -> sizes.on("mean of the first axis", (scope, x) -> x.mean(0), tall),
                () -> sizes.on("variance", (scope, x) -> x.variance(0, -1), wide),
                () -> sizes.on("running sums", (scope, x) -> x.cumSum(0), tall),
                () -> sizes.on("product with itself", (scope, x) -> x.matmul(x.swapAxes(0, 1)), wide),
                () -> sizes.on("Dense of long rows", new Dense(2), wide),
                () -> sizes.on("Dense of many rows", new Dense(3), tall),
                () -> sizes.on("LayerNorm", new LayerNorm(EPSILON), wide),
                () -> sizes.on("RmsNorm", new RmsNorm(EPSILON), wide),
                () -> sizes.on("Softmax", new Softmax(), wide),
                () -> sizes.on("LogSoftmax", new LogSoftmax(), wide),
                () -> sizes.on("CenteredLayer", new CenteredLayer(), wide),
                () -> sizes.on("GlobalAveragePool", new GlobalAveragePool(), image),
                () -> sizes.on("Conv2d", new Conv2d(2, List.of(3L, 3L)), image));
        return sizes.one(choices).get();
    }

    private LayerConformance on(String name, Layer layer, Shape shape) {
        return LayerConformance.of(name + " of " + shape, () -> layer)
                .on(shape)
                .kinds(one(InputKind.ALL))
                .seed(random.nextInt(MOST));
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
