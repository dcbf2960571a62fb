package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.Lstm;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.PositionalEncoding;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.Sequential;
import org.lamina.layers.Sigmoid;
import org.lamina.layers.Softmax;
import org.lamina.layers.Tanh;

/** Layers in the sizes that networks in use have, on a few examples each. */
final class RealSizes {
    private static final double EPSILON = 1e-5;
    private static final int DEEP = 20;
    private static final List<Long> THREE = List.of(3L, 3L);
    private static final List<Long> ONE = List.of(1L, 1L);
    private static final List<List<Long>> SAME = List.of(ONE, ONE);

    private RealSizes() {}

    static List<LayerConformance> all() {
        return List.of(
                on("Dense of 512", () -> new Dense(512, new Relu()), Shape.of(64, 512)),
                on("Dense of 512 on one row", () -> new Dense(512), Shape.of(1, 512)),
                on("convolution of 16 channels", () -> convolution(16), Shape.of(4, 16, 32, 32)),
                on("convolution of 32 channels", () -> convolution(32), Shape.of(2, 32, 32, 32)),
                on("convolution of 64 channels", () -> convolution(64), Shape.of(2, 64, 32, 32)),
                on("residual block of 16 channels", RealSizes::residual, Shape.of(2, 16, 32, 32)),
                on("LeNet on RGB", RealSizes::leNet, Shape.of(8, 3, 32, 32)),
                on("Lstm of 128", () -> new Lstm(128), Shape.of(8, 16, 64)),
                on("transformer block of 64", RealSizes::transformer, Shape.of(4, 16, 64)),
                on("MLP of 20 layers", RealSizes::deep, Shape.of(32, 64)),
                on("LayerNorm of 768", () -> new LayerNorm(EPSILON), Shape.of(32, 768)),
                on("Softmax of 1000", Softmax::new, Shape.of(32, 1000)),
                on("GlobalAveragePool of 32 x 32", GlobalAveragePool::new, Shape.of(4, 64, 32, 32)));
    }

    private static LayerConformance on(String name, Supplier<Layer> layer, Shape shape) {
        return LayerConformance.of(name, layer).on(shape).independentRows();
    }

    private static Layer convolution(long channels) {
        return new Conv2d(channels, THREE, ONE, SAME);
    }

    private static Layer residual() {
        return new Residual(Sequential.of(
                convolution(16), new BatchNorm(EPSILON), new Relu(), convolution(16), new BatchNorm(EPSILON)));
    }

    /** The book's, with three channels. */
    private static Layer leNet() {
        List<Long> two = List.of(2L, 2L);
        return Sequential.of(
                new Conv2d(6, List.of(5L, 5L), ONE, List.of(two, two)),
                new Sigmoid(),
                new AvgPool2d(two),
                new Conv2d(16, List.of(5L, 5L)),
                new Sigmoid(),
                new AvgPool2d(two),
                new Flatten(),
                new Dense(120, new Sigmoid()),
                new Dense(84, new Sigmoid()),
                new Dense(10));
    }

    private static Layer transformer() {
        return Sequential.of(
                new PositionalEncoding(),
                new Residual(Sequential.of(new LayerNorm(EPSILON), new MultiHeadAttention(4, 64))),
                new Residual(Sequential.of(new LayerNorm(EPSILON), new Dense(256, new Gelu()), new Dense(64))));
    }

    private static Layer deep() {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < DEEP; i++) {
            layers.add(new Dense(64, new Tanh()));
        }
        return new Sequential(layers);
    }
}
