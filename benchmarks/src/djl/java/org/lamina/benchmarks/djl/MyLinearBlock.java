package org.lamina.benchmarks.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** The chapter's MyLinear as a custom block. */
final class MyLinearBlock extends AbstractBlock {
    private final Parameter weight;
    private final Parameter bias;
    private final long units;

    MyLinearBlock(long inUnits, long units) {
        this.units = units;
        weight = addParameter(Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(inUnits, units))
                .build());
        bias = addParameter(Parameter.builder()
                .setName("bias")
                .setType(Parameter.Type.BIAS)
                .optShape(new Shape(units))
                .build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> arguments) {
        NDArray x = inputs.singletonOrThrow();
        NDArray product = x.matMul(store.getValue(weight, x.getDevice(), training));
        return new NDList(Activation.relu(product.add(store.getValue(bias, x.getDevice(), training))));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), units)};
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs, DataType[] dataTypes) {
        return getOutputShapes(inputs);
    }
}
