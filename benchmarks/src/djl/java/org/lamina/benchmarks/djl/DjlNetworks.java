package org.lamina.benchmarks.djl;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import org.lamina.benchmarks.Network;

/** The networks of DJL's own blocks, and of {@link MyLinearBlock}. */
final class DjlNetworks {
    private DjlNetworks() {}

    static Block block(Network network) {
        return switch (network) {
            case MY_LINEAR -> new SequentialBlock().add(new MyLinearBlock(64, 8)).add(new MyLinearBlock(8, 1));
            case MLP_256 -> perceptron(256);
            case MLP_1024 -> perceptron(1024);
            case NORM_GELU -> new SequentialBlock()
                    .add(LayerNorm.builder().optEpsilon((float) Network.EPSILON).build())
                    .add(Linear.builder().setUnits(256).build())
                    .add(Activation.geluBlock());
            case CONVOLUTION -> new SequentialBlock()
                    .add(convolution(16, 1))
                    .add(Activation::relu)
                    .add(convolution(32, 2))
                    .add(Activation::relu)
                    .add(convolution(32, 1))
                    .add(Activation::relu)
                    .add(Pool.globalAvgPool2dBlock())
                    .add(Linear.builder().setUnits(10).build());
        };
    }

    private static Block perceptron(int width) {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(width).build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(width).build());
    }

    private static Block convolution(int filters, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1))
                .build();
    }
}
