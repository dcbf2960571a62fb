package org.lamina.conformance;

import java.util.List;
import java.util.function.Supplier;
import org.lamina.HostArray;
import org.lamina.layer.Layer;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Gelu;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.layers.Softmax;
import org.lamina.layers.TensorReduction;

/**
 * The layers of the book's section 6.5 and their neighbours, on the handwritten digits, and on as many values whose sums round: the
 * pixels are multiples of 1/16, so that theirs never do.
 */
public final class ChapterLayers {
    private ChapterLayers() {}

    /** Each layer on as many images as the oracle can do in a few seconds. */
    public static List<LayerConformance> onDigits() {
        Digits digits = Digits.load();
        HostArray all = digits.pixels();
        HostArray several = digits.first(400).pixels();
        HostArray few = digits.first(100).pixels();
        return List.of(
                named("CenteredLayer", CenteredLayer::new, all),
                named("AffineTransform", AffineTransform::new, all),
                named("Relu", Relu::new, all).independentRows(),
                named("Gelu", Gelu::new, all).independentRows(),
                named("Softmax", Softmax::new, all).independentRows(),
                named("HalfFourier", HalfFourier::new, several).independentRows(),
                named("Dense(10)", () -> new Dense(10), all).independentRows(),
                named("MyDense(8)", () -> new MyDense(8), all).independentRows(),
                named("MyLinear(64, 8)", () -> new MyLinear(64, 8), all).independentRows(),
                named("TensorReduction(4)", () -> new TensorReduction(4), few).independentRows(),
                named("Sequential(Dense(128), CenteredLayer)", ChapterLayers::centeredNetwork, few),
                named("Sequential(MyLinear(64, 8), MyLinear(8, 1))", ChapterLayers::linearNetwork, all)
                        .independentRows());
    }

    private static LayerConformance named(String name, Supplier<Layer> layer, HostArray digits) {
        return LayerConformance.of(name, layer)
                .on(digits)
                .kinds(InputKind.GIVEN, InputKind.UNIFORM, InputKind.CONSTANT);
    }

    private static Layer centeredNetwork() {
        return Sequential.of(new Dense(128), new CenteredLayer());
    }

    private static Layer linearNetwork() {
        return Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1));
    }
}
