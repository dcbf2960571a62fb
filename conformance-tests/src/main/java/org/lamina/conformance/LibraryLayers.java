package org.lamina.conformance;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Clip;
import org.lamina.layers.Concat;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Elu;
import org.lamina.layers.Embedding;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GeluSigmoid;
import org.lamina.layers.GeluTanh;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.HardSigmoid;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.LeakyRelu;
import org.lamina.layers.LogSoftmax;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.PositionalEncoding;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.Sequential;
import org.lamina.layers.Sigmoid;
import org.lamina.layers.Silu;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softplus;
import org.lamina.layers.Tanh;

/** The layers that come with Lamina besides those of the chapter, in configurations that use all of their fields. */
public final class LibraryLayers {
    private static final double EPSILON = 1e-5;
    private static final Shape IMAGE = Shape.of(5, 4, 7, 6);

    private LibraryLayers() {}

    /** Each layer on a small input. */
    public static List<LayerConformance> all() {
        return Stream.of(windows(), normalization(), sequences(), compositions(), activations())
                .flatMap(List::stream)
                .toList();
    }

    private static LayerConformance named(String name, Supplier<Layer> layer) {
        return LayerConformance.of(name, layer).independentRows();
    }

    private static List<Long> pair(long first, long second) {
        return List.of(first, second);
    }

    private static List<List<Long>> pairs(long top, long bottom, long left, long right) {
        return List.of(pair(top, bottom), pair(left, right));
    }

    private static List<LayerConformance> windows() {
        return List.of(
                named("Conv2d", () -> new Conv2d(3, pair(3, 2))).on(IMAGE),
                named(
                                "Conv2d of two groups",
                                () -> new Conv2d(6, pair(3, 2), pair(2, 1), pairs(1, 2, 0, 3), pair(2, 3), 2))
                        .on(IMAGE),
                named("Conv1d", () -> new Conv1d(6, 3, 2, pair(1, 3), 2, 2)).on(Shape.of(4, 4, 9)),
                named(
                                "ConvTranspose2d",
                                () -> new ConvTranspose2d(6, pair(3, 2), pair(2, 3), pairs(1, 0, 0, 2), pair(1, 2), 2))
                        .on(Shape.of(4, 4, 3, 2)),
                named("MaxPool2d", () -> new MaxPool2d(pair(2, 3))).on(IMAGE),
                named("MaxPool2d with padding", () -> new MaxPool2d(pair(3, 2), pair(2, 1), pairs(1, 2, 0, 1)))
                        .on(IMAGE),
                named("AvgPool2d", () -> new AvgPool2d(pair(3, 2), pair(2, 1), pairs(1, 2, 0, 1)))
                        .on(IMAGE),
                named("AvgPool2d of padding", () -> new AvgPool2d(pair(3, 2), pair(2, 1), pairs(1, 2, 0, 1), true))
                        .on(IMAGE),
                named("GlobalAveragePool", GlobalAveragePool::new).on(IMAGE),
                named("Flatten", Flatten::new).on(IMAGE),
                named("Permute", () -> Permute.of(0, 2, 3, 1)).on(IMAGE));
    }

    private static List<LayerConformance> normalization() {
        return List.of(
                named("LayerNorm", () -> new LayerNorm(EPSILON)).on(Shape.of(5, 3, 8)),
                named("RmsNorm", () -> new RmsNorm(EPSILON)).on(Shape.of(5, 3, 8)),
                named("GroupNorm", () -> new GroupNorm(2, EPSILON)).on(IMAGE),
                named("BatchNorm", () -> new BatchNorm(EPSILON)).on(IMAGE));
    }

    private static List<LayerConformance> sequences() {
        TensorType words = new TensorType(DType.INT64, Shape.of(5, 3));
        Shape sequence = Shape.of(4, 5, 6);
        HostArray queries = HostArray.normal(Shape.of(4, 3, 6), 1);
        HostArray keys = HostArray.normal(sequence, 2);
        return List.of(
                named("Embedding", () -> new Embedding(7, 4)).on(HostArray.generate(words, i -> i * i % 7)),
                named("SimpleRnn", () -> new SimpleRnn(3)).on(sequence),
                named("Lstm", () -> new Lstm(3)).on(sequence),
                named("Gru", () -> new Gru(3, false)).on(sequence),
                named("Gru of the paper", () -> new Gru(3, true, false)).on(sequence),
                named("MultiHeadAttention", () -> new MultiHeadAttention(2, 8, true))
                        .on(sequence),
                named("MultiHeadAttention of three", () -> new MultiHeadAttention(2, 8))
                        .on(queries, keys, keys),
                named("PositionalEncoding", PositionalEncoding::new).on(sequence));
    }

    private static List<LayerConformance> compositions() {
        Shape rows = Shape.of(5, 6);
        return List.of(
                named("Residual", () -> new Residual(new Dense(6, new Tanh()))).on(rows),
                named("Residual with a shortcut", () -> new Residual(new Dense(3, new Relu()), new Dense(3)))
                        .on(rows),
                named("Parallel", () -> Parallel.of(new Dense(3), new Sigmoid()))
                        .on(rows),
                named("Concat", LibraryLayers::joined).on(rows),
                named("LeNet", LibraryLayers::leNet).on(Shape.of(4, 1, 8, 8)),
                named("transformer", LibraryLayers::transformer).on(Shape.of(4, 3, 6)));
    }

    private static Layer joined() {
        return Sequential.of(Parallel.of(new Dense(3), new Tanh()), new Concat());
    }

    private static Layer leNet() {
        return Sequential.of(
                new Conv2d(4, pair(3, 3), pair(1, 1), pairs(1, 1, 1, 1)),
                new Relu(),
                new MaxPool2d(pair(2, 2)),
                new Flatten(),
                new Dense(10));
    }

    private static Layer transformer() {
        return Sequential.of(
                new PositionalEncoding(),
                new Residual(Sequential.of(new LayerNorm(EPSILON), new MultiHeadAttention(2, 6))),
                new Residual(Sequential.of(new LayerNorm(EPSILON), new Dense(8, new Gelu()), new Dense(6))));
    }

    private static List<LayerConformance> activations() {
        List<Layer> activations = List.of(
                new LeakyRelu(0.2),
                new Elu(1.5),
                new Tanh(),
                new Sigmoid(),
                new HardSigmoid(0.2, 0.5),
                new Softplus(),
                new Silu(),
                new GeluTanh(),
                new GeluSigmoid(),
                new Clip(-1, 1),
                new LogSoftmax());
        return activations.stream()
                .map(layer ->
                        named(layer.getClass().getSimpleName(), () -> layer).on(Shape.of(5, 6)))
                .toList();
    }
}
