package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import org.lamina.Backend;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.Layer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** A process that prints what the checks of some layers say on every backend, one line each, for {@link ThreadsTest}. */
final class Verdicts {
    private static final List<Long> ONE = List.of(1L, 1L);
    private static final List<List<Long>> SAME = List.of(ONE, ONE);

    private Verdicts() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        List<Backend> backends = new ArrayList<>();
        Backend.available().stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .forEach(name -> backends.add(Backend.load(name)));
        for (LayerConformance layer : layers()) {
            for (LayerResult result : layer.numbers(backends)) {
                System.out.println(String.join(
                        "; ",
                        "verdict",
                        result.layer(),
                        result.backend(),
                        result.dtype().toString(),
                        result.check().toString(),
                        result.kind().toString(),
                        result.passed() ? "passed" : result.toString().replace("\n", " ")));
            }
        }
        backends.forEach(Backend::close);
    }

    /** What alarmed with one core and not with two, and wide sums. */
    private static List<LayerConformance> layers() {
        return List.of(
                on("small LeNet", leNet(), Shape.of(2, 3, 32, 32)),
                on("convolution", convolution(16), Shape.of(6, 3, 32, 32)),
                on("wide rows", Sequential.of(new LayerNorm(1e-5), new Dense(64), new Gelu()), Shape.of(64, 1024)));
    }

    private static LayerConformance on(String name, Layer layer, Shape shape) {
        return LayerConformance.of(name, () -> layer).on(shape).kinds(InputKind.NORMAL, InputKind.CONSTANT);
    }

    private static Layer convolution(long filters) {
        return new Conv2d(filters, List.of(3L, 3L), ONE, SAME);
    }

    private static Layer leNet() {
        List<Long> two = List.of(2L, 2L);
        return Sequential.of(
                convolution(16),
                new Relu(),
                new MaxPool2d(two, two),
                convolution(32),
                new Relu(),
                new GlobalAveragePool(),
                new Dense(10));
    }
}
