package org.lamina.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.LayerJson;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Sequential;
import org.lamina.layers.TensorReduction;

/** Section 6.5 of the book, "Custom Layers", in its order. */
final class ChapterSteps {
    /** What parameters and inputs are drawn from; with this seed no ReLU of the chapter hides a number. */
    static final long SEED = 34;

    private static final HostArray FIVE = HostArray.of(Shape.of(5), 1f, 2f, 3f, 4f, 5f);

    private ChapterSteps() {}

    static List<ChapterStep> all() {
        return List.of(
                new ChapterStep(
                        "6.5.1 Layers without Parameters",
                        "new CenteredLayer() of [1, 2, 3, 4, 5]",
                        CenteredLayer::new,
                        FIVE,
                        ChapterSteps::output),
                new ChapterStep(
                        "",
                        "Sequential.of(new Dense(128), new CenteredLayer()) of U[0, 1) (4, 8); the mean of Y is nearly 0",
                        () -> Sequential.of(new Dense(128), new CenteredLayer()),
                        HostArray.uniform(Shape.of(4, 8), SEED),
                        ChapterSteps::mean),
                new ChapterStep(
                        "6.5.2 Layers with Parameters",
                        "linear = new MyLinear(5, 3); its parameters",
                        () -> new MyLinear(5, 3),
                        HostArray.uniform(Shape.of(2, 5), SEED),
                        ChapterSteps::parameters),
                new ChapterStep(
                        "",
                        "linear of U[0, 1) (2, 5)",
                        () -> new MyLinear(5, 3),
                        HostArray.uniform(Shape.of(2, 5), SEED),
                        ChapterSteps::output),
                new ChapterStep(
                        "",
                        "Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1)) of U[0, 1) (2, 64)",
                        () -> Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1)),
                        HostArray.uniform(Shape.of(2, 64), SEED),
                        ChapterSteps::output),
                new ChapterStep(
                        "",
                        "new MyDense(3), which learns its input's size from U[0, 1) (2, 5); its parameters",
                        () -> new MyDense(3),
                        HostArray.uniform(Shape.of(2, 5), SEED),
                        ChapterSteps::parameters),
                new ChapterStep(
                        "6.5.3 Save, load and clone",
                        "net of MyDense(8) and MyDense(1): its layer.json, read back",
                        () -> Sequential.of(new MyDense(8), new MyDense(1)),
                        HostArray.uniform(Shape.of(2, 64), SEED),
                        (model, y) -> LayerJson.standard()
                                .format(LayerJson.standard()
                                        .parse(LayerJson.standard().format(model.layer())))
                                .replaceAll("\\s+", " ")
                                .strip()),
                new ChapterStep(
                        "",
                        "clone = net.copyTo(backend); is clone's Y equal, element by element?",
                        () -> Sequential.of(new MyDense(8), new MyDense(1)),
                        HostArray.uniform(Shape.of(2, 64), SEED),
                        ChapterSteps::cloned),
                new ChapterStep(
                        "6.5.4 Exercises",
                        "1. new TensorReduction(2), y_k = sum of W_ijk x_i x_j, of U[0, 1) (2, 3)",
                        () -> new TensorReduction(2),
                        HostArray.uniform(Shape.of(2, 3), SEED),
                        ChapterSteps::output),
                new ChapterStep(
                        "",
                        "2. new HalfFourier() of [1, 2, 3, 4, 5]: real and imaginary part of the leading half",
                        HalfFourier::new,
                        FIVE,
                        ChapterSteps::output),
                new ChapterStep(
                        "",
                        "older editions: new AffineTransform() of U[0, 1) (2, 3)",
                        AffineTransform::new,
                        HostArray.uniform(Shape.of(2, 3), SEED),
                        ChapterSteps::output));
    }

    private static String output(Model model, HostArray y) {
        return y.toString();
    }

    private static String mean(Model model, HostArray y) {
        double mean = Arrays.stream(y.toDoubles()).average().orElse(Double.NaN);
        return String.format(Locale.ROOT, "Y is %s, its mean %.3g", y.type(), mean);
    }

    private static String parameters(Model model, HostArray y) {
        return model.parameters().entrySet().stream()
                .map(ChapterSteps::parameter)
                .collect(Collectors.joining("; "));
    }

    private static String parameter(Map.Entry<String, HostArray> parameter) {
        return parameter.getKey() + " " + parameter.getValue();
    }

    private static String cloned(Model model, HostArray y) {
        try (Model clone = model.copyTo(model.backend())) {
            HostArray x = HostArray.uniform(Shape.of(2, 64), SEED);
            return Boolean.toString(clone.predict(x).equals(y)) + ", Y = " + y;
        }
    }
}
