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
            Clip.class,
            Concat.class,
            Conv1d.class,
            Conv2d.class,
            ConvTranspose2d.class,
            Dense.class,
            Dropout.class,
            Elu.class,
            Embedding.class,
            Flatten.class,
            Gelu.class,
            GeluSigmoid.class,
            GeluTanh.class,
            GlobalAveragePool.class,
            GroupNorm.class,
            Gru.class,
            HalfFourier.class,
            HardSigmoid.class,
            LayerNorm.class,
            LeakyRelu.class,
            LogSoftmax.class,
            Lstm.class,
            MaxPool2d.class,
            MultiHeadAttention.class,
            MyDense.class,
            MyLinear.class,
            Parallel.class,
            Permute.class,
            PositionalEncoding.class,
            Relu.class,
            Residual.class,
            RmsNorm.class,
            Sequential.class,
            Sigmoid.class,
            Silu.class,
            SimpleRnn.class,
            Softmax.class,
            Softplus.class,
            Tanh.class,
            TensorReduction.class);

    @Override
    public Map<String, Class<? extends Layer>> layers() {
        return LAYERS.stream().collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));
    }
}
