package org.lamina.layers;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lamina.layer.Layer;
import org.lamina.layer.LayerProvider;

/** The layers of this package, each by the simple name of its class. */
public final class StandardLayers implements LayerProvider {
    private static final List<Class<? extends Layer>> LAYERS = List.of(
            AffineTransform.class,
            AvgPool2d.class,
            BatchNorm.class,
            CenteredLayer.class,
            Conv1d.class,
            Conv2d.class,
            ConvTranspose2d.class,
            Dense.class,
            Dropout.class,
            Embedding.class,
            Flatten.class,
            Gelu.class,
            GlobalAveragePool.class,
            GroupNorm.class,
            HalfFourier.class,
            LayerNorm.class,
            MaxPool2d.class,
            MyDense.class,
            MyLinear.class,
            Relu.class,
            RmsNorm.class,
            Sequential.class,
            Softmax.class,
            TensorReduction.class);

    @Override
    public Map<String, Class<? extends Layer>> layers() {
        return LAYERS.stream().collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));
    }
}
