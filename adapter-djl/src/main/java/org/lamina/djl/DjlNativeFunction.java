package org.lamina.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.NativeFunction;

/**
 * A block of DJL as a function of its inputs and its parameters, or the derivative of one.
 *
 * @param parameters in the order of the operands, after the inputs
 * @param inputs how many there are
 * @param by the operand to differentiate by, or {@link #VALUE}
 */
record DjlNativeFunction(Block block, List<Parameter> parameters, int inputs, int by) implements NativeFunction {
    static final int VALUE = -1;

    @Override
    public String name() {
        return block.getClass().getSimpleName() + " of DJL";
    }

    @Override
    public List<String> backends() {
        return List.of(new DjlProvider.PyTorch().name(), new DjlProvider.Mxnet().name());
    }

    /** DJL differentiates once only. */
    @Override
    public @Nullable NativeFunction pullback(int operand) {
        return by == VALUE ? new DjlNativeFunction(block, parameters, inputs, operand) : null;
    }

    /** @param operands the inputs, the parameters and, for a derivative, the cotangent; they stay the caller's */
    NDArray compute(NDManager manager, TensorType type, List<NDArray> operands) {
        NDArray result = by == VALUE ? value(manager, operands) : derivative(manager, operands);
        if (!DjlArray.type(result).equals(type)) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "native function: " + name() + " gave " + DjlArray.type(result) + " and said " + type
                            + " before, so its result is of no use. Make getOutputShapes right, and keep the dtype.");
        }
        // The block may give back its input, which is freed at another time; NDArray.equals would compare elements.
        return operands.stream().anyMatch(operand -> operand == result) ? result.duplicate() : result;
    }

    private NDArray value(NDManager manager, List<NDArray> operands) {
        IdentityHashMap<Parameter, NDArray> values = new IdentityHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            values.put(parameters.get(i), operands.get(inputs + i));
        }
        return block.forward(new Given(manager, values), new NDList(operands.subList(0, inputs)), false)
                .singletonOrThrow();
    }

    private NDArray derivative(NDManager manager, List<NDArray> operands) {
        DjlNativeDerivatives.COLLECTORS.lock();
        try (NDManager inner = manager.newSubManager()) {
            List<NDArray> given = copies(inner, operands);
            NDArray cotangent = given.remove(given.size() - 1);
            // All at once, as in DJL's own training: MXNet gives zeros for the bias of a Linear that is asked for
            // alone.
            given.stream().filter(x -> x.getDataType().isFloating()).forEach(x -> x.setRequiresGradient(true));
            NDArray x = given.get(by);
            try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
                NDArray y = value(inner, given);
                collector.backward(y.mul(cotangent).sum());
            }
            // What no path leads to has a gradient of float32 zeros, whatever its own dtype.
            NDArray gradient = x.getGradient().toType(x.getDataType(), true);
            gradient.attach(manager);
            return gradient;
        } finally {
            DjlNativeDerivatives.COLLECTORS.unlock();
        }
    }

    private static List<NDArray> copies(NDManager inner, List<NDArray> operands) {
        List<NDArray> copies = new ArrayList<>();
        for (NDArray operand : operands) {
            NDArray copy = operand.duplicate();
            copy.attach(inner);
            copies.add(copy);
        }
        return copies;
    }

    /** Gives a block the operands for its parameters. */
    private static final class Given extends ParameterStore {
        private final IdentityHashMap<Parameter, NDArray> values;

        Given(NDManager manager, IdentityHashMap<Parameter, NDArray> values) {
            super(manager, false);
            this.values = values;
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            return Objects.requireNonNull(values.get(parameter), parameter.getName());
        }
    }
}
