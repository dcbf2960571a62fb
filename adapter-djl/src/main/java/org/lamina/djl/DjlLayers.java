package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lamina.layer.Layer;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Clip;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Elu;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.Gru;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.LeakyRelu;
import org.lamina.layers.LogSoftmax;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.Relu;
import org.lamina.layers.Sigmoid;
import org.lamina.layers.Silu;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softmax;
import org.lamina.layers.Softplus;
import org.lamina.layers.Tanh;
import org.lamina.port.Misfits;

/** DJL's own block for each layer, and PyTorch's name for each of its parameters. */
final class DjlLayers {
    private static final Map<String, String> NAMES = Map.of(
            "gamma", "weight",
            "beta", "bias",
            "runningmean", "running_mean",
            "runningvar", "running_var",
            "i2h_weight", "weight_ih_l0",
            "h2h_weight", "weight_hh_l0",
            "i2h_bias", "bias_ih_l0",
            "h2h_bias", "bias_hh_l0");

    private DjlLayers() {}

    /** DJL's names begin with the child's and the recurrent layer's number. */
    static String torchName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> entry : NAMES.entrySet()) {
            if (lower.endsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return lower.substring(lower.lastIndexOf('_') + 1);
    }

    /** The block for inputs of a number of axes. @throws org.lamina.LaminaException if DJL has none */
    static Block block(Layer layer, int rank) {
        if (layer instanceof Dense dense) {
            return dense(dense);
        } else if (layer instanceof Conv2d convolution) {
            return convolution(convolution);
        } else if (layer instanceof Conv1d convolution) {
            return convolution(convolution);
        } else if (layer instanceof MaxPool2d pool) {
            return Pool.maxPool2dBlock(shape(pool.kernel()), shape(pool.stride()), symmetric(pool.padding()));
        } else if (layer instanceof AvgPool2d pool) {
            return Pool.avgPool2dBlock(
                    shape(pool.kernel()),
                    shape(pool.stride()),
                    symmetric(pool.padding()),
                    false,
                    pool.countIncludePad());
        } else if (layer instanceof BatchNorm normalization) {
            return ai.djl.nn.norm.BatchNorm.builder()
                    .optEpsilon((float) normalization.epsilon())
                    .optMomentum((float) normalization.decay())
                    .build();
        } else if (layer instanceof LayerNorm normalization) {
            return ai.djl.nn.norm.LayerNorm.builder()
                    .axis(rank - 1)
                    .optEpsilon((float) normalization.epsilon())
                    .build();
        } else if (layer instanceof org.lamina.layers.Dropout dropout) {
            return Dropout.builder().optRate((float) dropout.rate()).build();
        }
        return recurrentOrActivation(layer);
    }

    private static Block recurrentOrActivation(Layer layer) {
        if (layer instanceof Lstm lstm) {
            return last(
                    lstm.returnSequences(),
                    ai.djl
                            .nn
                            .recurrent
                            .LSTM
                            .builder()
                            .setNumLayers(1)
                            .setStateSize(Math.toIntExact(lstm.units()))
                            .optBatchFirst(true)
                            .build());
        } else if (layer instanceof Gru gru && gru.resetAfter()) {
            return last(
                    gru.returnSequences(),
                    ai.djl
                            .nn
                            .recurrent
                            .GRU
                            .builder()
                            .setNumLayers(1)
                            .setStateSize(Math.toIntExact(gru.units()))
                            .optBatchFirst(true)
                            .build());
        } else if (layer instanceof SimpleRnn rnn
                && (rnn.activation() instanceof Tanh || rnn.activation() instanceof Relu)) {
            return last(
                    rnn.returnSequences(),
                    ai.djl
                            .nn
                            .recurrent
                            .RNN
                            .builder()
                            .setNumLayers(1)
                            .setStateSize(Math.toIntExact(rnn.units()))
                            .setActivation(
                                    rnn.activation() instanceof Tanh
                                            ? ai.djl.nn.recurrent.RNN.Activation.TANH
                                            : ai.djl.nn.recurrent.RNN.Activation.RELU)
                            .optBatchFirst(true)
                            .build());
        }
        return activation(layer);
    }

    private static Block activation(Layer layer) {
        if (layer instanceof Relu) {
            return Activation.reluBlock();
        } else if (layer instanceof Sigmoid) {
            return Activation.sigmoidBlock();
        } else if (layer instanceof Tanh) {
            return Activation.tanhBlock();
        } else if (layer instanceof Gelu) {
            return Activation.geluBlock();
        } else if (layer instanceof Silu) {
            return Activation.swishBlock(1);
        } else if (layer instanceof Softplus) {
            return Activation.softPlusBlock();
        } else if (layer instanceof LeakyRelu leaky) {
            return Activation.leakyReluBlock((float) leaky.slope());
        } else if (layer instanceof Elu elu) {
            return Activation.eluBlock((float) elu.alpha());
        } else if (layer instanceof Softmax) {
            return function(x -> x.softmax(-1));
        } else if (layer instanceof LogSoftmax) {
            return function(x -> x.logSoftmax(-1));
        } else if (layer instanceof Clip clip) {
            return function(x -> x.clip(clip.low(), clip.high()));
        } else if (layer instanceof Flatten) {
            return Blocks.batchFlattenBlock();
        } else if (layer instanceof GlobalAveragePool) {
            return function(
                    x -> x.reshape(x.getShape().get(0), x.getShape().get(1), -1).mean(new int[] {2}));
        }
        throw Misfits.unsupported("DJL has no block of this kind");
    }

    private static Block function(UnaryOperator<NDArray> function) {
        return new LambdaBlock(list -> new NDList(function.apply(list.singletonOrThrow())));
    }

    /** The last time step alone, if not all are wanted. */
    private static Block last(boolean returnSequences, Block recurrent) {
        return returnSequences
                ? recurrent
                : new SequentialBlock().add(recurrent).add(function(x -> x.get(":, -1")));
    }

    private static Block dense(Dense dense) {
        Block linear = ai.djl.nn.core.Linear.builder().setUnits(dense.units()).build();
        Layer activation = dense.activation();
        return activation == null ? linear : new SequentialBlock().add(linear).add(activation(activation));
    }

    private static Shape shape(List<Long> sizes) {
        return new Shape(sizes.stream().mapToLong(size -> size).toArray());
    }

    private static Shape symmetric(List<List<Long>> padding) {
        if (padding.stream().anyMatch(pair -> !pair.get(0).equals(pair.get(1)))) {
            throw Misfits.unsupported("padding is " + padding + ", and DJL pads both sides alike");
        }
        return shape(padding.stream().map(pair -> pair.get(0)).toList());
    }

    private static Block convolution(Conv2d layer) {
        return ai.djl.nn.convolutional.Conv2d.builder()
                .setFilters(Math.toIntExact(layer.filters()))
                .setKernelShape(shape(layer.kernel()))
                .optStride(shape(layer.stride()))
                .optPadding(symmetric(layer.padding()))
                .optDilation(shape(layer.dilation()))
                .optGroups(Math.toIntExact(layer.groups()))
                .build();
    }

    private static Block convolution(Conv1d layer) {
        return ai.djl.nn.convolutional.Conv1d.builder()
                .setFilters(Math.toIntExact(layer.filters()))
                .setKernelShape(new Shape(layer.kernel()))
                .optStride(new Shape(layer.stride()))
                .optPadding(symmetric(List.of(layer.padding())))
                .optDilation(new Shape(layer.dilation()))
                .optGroups(Math.toIntExact(layer.groups()))
                .build();
    }
}
