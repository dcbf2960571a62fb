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

/** The layers of the book's section 6.5 and their neighbours, on the handwritten digits. */
public final class ChapterLayers {
    private ChapterLayers() {}

    /** Each layer on as many images as the oracle can do in a few seconds. */
    public static List<LayerConformance> onDigits() {
        Digits digits = Digits.load();
        HostArray all = digits.pixels();
        HostArray several = digits.first(400).pixels();
        HostArray few = digits.first(100).pixels();
        return List.of(
                named("CenteredLayer", CenteredLayer::new).on(all),
                named("AffineTransform", AffineTransform::new).on(all),
                named("Relu", Relu::new).on(all).independentRows(),
                named("Gelu", Gelu::new).on(all).independentRows(),
                named("Softmax", Softmax::new).on(all).independentRows(),
                named("HalfFourier", HalfFourier::new).on(several).independentRows(),
                named("Dense(10)", () -> new Dense(10)).on(all).independentRows(),
                named("MyDense(8)", () -> new MyDense(8)).on(all).independentRows(),
                named("MyLinear(64, 8)", () -> new MyLinear(64, 8)).on(all).independentRows(),
                named("TensorReduction(4)", () -> new TensorReduction(4))
                        .on(few)
                        .independentRows(),
                named("Sequential(Dense(128), CenteredLayer)", ChapterLayers::centeredNetwork)
                        .on(few),
                named("Sequential(MyLinear(64, 8), MyLinear(8, 1))", ChapterLayers::linearNetwork)
                        .on(all)
                        .independentRows());
    }

    private static LayerConformance named(String name, Supplier<Layer> layer) {
        return LayerConformance.of(name, layer);
    }

    private static Layer centeredNetwork() {
        return Sequential.of(new Dense(128), new CenteredLayer());
    }

    private static Layer linearNetwork() {
        return Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1));
    }
}
