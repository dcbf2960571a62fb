package org.lamina.benchmarks;

import java.util.List;
import org.lamina.Shape;
import org.lamina.layer.Layer;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Gelu;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** The networks that are measured. Each gives a matrix: one row of {@link #outputs} numbers for each example. */
public enum Network {
    /** The chapter's two MyLinear layers, 64 to 8 to 1, on 2 examples: what a call costs beside its numbers. */
    MY_LINEAR(2, 1, 64, 1) {
        @Override
        public Layer layer() {
            return Sequential.of(new MyLinear(64, 8), new MyLinear(8, 1));
        }
    },
    /** 256 to 256 to 256 on 128 examples. */
    MLP_256(128, 256, 256, 1) {
        @Override
        public Layer layer() {
            return Sequential.of(new Dense(256), new Relu(), new Dense(256));
        }
    },
    /** 1024 to 1024 to 1024 on 512 examples: nearly all matrix products. */
    MLP_1024(512, 1024, 1024, 1) {
        @Override
        public Layer layer() {
            return Sequential.of(new Dense(1024), new Relu(), new Dense(1024));
        }
    },
    /** Layer normalization, a dense layer and the exact GELU, 256 wide, on 128 examples. */
    NORM_GELU(128, 256, 256, 1) {
        @Override
        public Layer layer() {
            return Sequential.of(new LayerNorm(EPSILON), new Dense(256), new Gelu());
        }
    },
    /** Three convolutions of 3x3 on 32 pictures of 3x32x32, the mean of each channel, and a dense layer. */
    CONVOLUTION(32, 10, 3, 32) {
        @Override
        public Layer layer() {
            return Sequential.of(
                    convolution(16, 1),
                    new Relu(),
                    convolution(32, 2),
                    new Relu(),
                    convolution(32, 1),
                    new Relu(),
                    new GlobalAveragePool(),
                    new Dense(10));
        }
    };

    /** Of the normalization; ND4J's own op has none, so it is small enough not to be seen in float32. */
    public static final double EPSILON = 1e-12;

    private final int batch;
    private final int outputs;
    private final int channels;
    private final int side;

    Network(int batch, int outputs, int channels, int side) {
        this.batch = batch;
        this.outputs = outputs;
        this.channels = channels;
        this.side = side;
    }

    private static Layer convolution(long filters, long stride) {
        return new Conv2d(filters, List.of(3L, 3L), List.of(stride, stride), List.of(List.of(1L, 1L), List.of(1L, 1L)));
    }

    /** The network as a neutral layer. */
    public abstract Layer layer();

    /** The examples of a batch of the usual size. */
    public int batch() {
        return batch;
    }

    /** The numbers that an example gives. */
    public int outputs() {
        return outputs;
    }

    /** The shape of a batch of inputs, channels before rows and columns. */
    public Shape inputs(int size) {
        return side == 1 ? Shape.of(size, channels) : Shape.of(size, channels, side, side);
    }
}
