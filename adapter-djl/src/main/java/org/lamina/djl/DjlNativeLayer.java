package org.lamina.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * A block of DJL as a layer of neutral models, on DJL's backends alone: computed by the block, and differentiated by DJL's
 * gradient collector.
 *
 * <pre>{@code
 * Layer net = Sequential.of(new Dense(64), new DjlNativeLayer(Linear.builder().setUnits(10).build()));
 * }</pre>
 *
 * <p>The block's parameters are declared as the layer's, by DJL's names such as {@code 01Linear_weight}, and belong to the model:
 * it trains, freezes, saves and copies them. They start with the block's values; a block that is not initialised is, with its own
 * initializers, when the shape of its input is known. The block's own arrays are never written.
 *
 * <p>The layer is a pure function of inputs and parameters: the block always predicts, so dropout lets all through and running
 * statistics, which are constants here as frozen parameters are, stay. It gives one output of the model's dtype, has no second
 * derivative, and no layer.json.
 */
public final class DjlNativeLayer implements MultiLayer {
    private final Block block;

    /** A layer of a block, which is shared with whoever holds it. */
    public DjlNativeLayer(Block block) {
        this.block = Arguments.require(block, "DjlNativeLayer", "block");
    }

    @Override
    public List<Tensor> forward(Scope scope, List<Tensor> inputs) {
        initialize(scope, bound(inputs, 2));
        List<Tensor> operands = new ArrayList<>(inputs);
        List<Parameter> parameters = new ArrayList<>();
        block.getParameters().forEach(pair -> {
            operands.add(declare(scope, pair.getKey(), pair.getValue()));
            parameters.add(pair.getValue());
        });
        DjlNativeFunction function =
                new DjlNativeFunction(block, List.copyOf(parameters), inputs.size(), DjlNativeFunction.VALUE);
        return List.of(scope.call(function, new TensorType(scope.dtype(), output(scope, inputs)), operands));
    }

    private void initialize(Scope scope, Shape[] shapes) {
        synchronized (block) {
            if (!block.isInitialized()) {
                block.initialize(NDManager.newBaseManager(Device.cpu()), DjlArray.dataType(scope.dtype()), shapes);
            }
        }
    }

    private static Tensor declare(Scope scope, String name, Parameter parameter) {
        HostArray value = DjlArray.host(parameter.getArray());
        String path = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return parameter.requiresGradient()
                ? scope.parameter(path, value.shape(), Initializer.of(value))
                : scope.constant(path, value.shape(), Initializer.of(value));
    }

    /** A batch of any size is tried with two sizes: where the outputs differ they depend on it. */
    private org.lamina.Shape output(Scope scope, List<Tensor> inputs) {
        long[] some = shape(scope, bound(inputs, 2));
        long[] others = shape(scope, bound(inputs, 3));
        long[] sizes = some.clone();
        Arrays.setAll(sizes, axis -> some[axis] == others[axis] ? some[axis] : org.lamina.Shape.BATCH);
        return org.lamina.Shape.of(sizes);
    }

    private long[] shape(Scope scope, Shape[] inputs) {
        Shape[] outputs = block.getOutputShapes(inputs);
        if (outputs.length != 1) {
            throw scope.error(
                    ErrorCode.ARITY,
                    block.getClass().getSimpleName() + " of DJL gives " + outputs.length
                            + " outputs where one is wanted. Wrap it in a block that gives one.");
        }
        return outputs[0].getShape();
    }

    private static Shape[] bound(List<Tensor> inputs, long batch) {
        return inputs.stream()
                .map(input -> DjlArray.shape(input.shape().bind(batch)))
                .toArray(Shape[]::new);
    }

    @Override
    public String toString() {
        return "DjlNativeLayer(" + block.getClass().getSimpleName() + ")";
    }
}
