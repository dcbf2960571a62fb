package org.lamina.examples;

import java.util.Map;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;

/** The names of these layers in {@code layer.json}; listed in {@code META-INF/services}. */
public final class ExampleLayers implements LayerProvider {
    @Override
    public Map<String, Class<? extends Layer>> layers() {
        return Map.of(
                "examples.CenteredLayer", CenteredLayer.class,
                "examples.MyLinear", MyLinear.class,
                "examples.MyDense", MyDense.class,
                "examples.TensorReduction", TensorReduction.class,
                "examples.HalfFourier", HalfFourier.class);
    }
}
