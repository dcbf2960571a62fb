package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;

/** The kernels of DJL's engines that give what the ops give, special values too. */
record DjlKernels(boolean mxnet) implements Kernels {
    /** Computes a new array. */
    private interface Computation {
        NDArray compute(DjlDetours detours, List<NDArray> operands);
    }

    /** A kernel as a function. Nothing differentiates it: it comes in after the derivatives. */
    record Kernel(String name, boolean mxnet, Computation computation) implements NativeFunction {
        @Override
        public List<String> backends() {
            return List.of((mxnet ? new DjlProvider.Mxnet() : new DjlProvider.PyTorch()).name());
        }

        @Override
        public @Nullable NativeFunction pullback(int operand) {
            return null;
        }

        @Override
        public boolean isFresh() {
            return true;
        }

        NDArray compute(DjlDetours detours, List<NDArray> operands) {
            return computation.compute(detours, operands);
        }
    }

    /** MXNet's makes 0 of NaN. */
    @Override
    public @Nullable NativeFunction relu(DType dtype) {
        return mxnet ? null : new Kernel("relu", false, (detours, x) -> Activation.relu(x.get(0)));
    }

    /** DJL takes epsilon in float32. */
    @Override
    public @Nullable NativeFunction layerNorm(DType dtype, double epsilon) {
        return dtype != DType.FLOAT32
                ? null
                : new Kernel(
                        "layer_norm",
                        mxnet,
                        (detours, x) -> detours.layerNorm(x.get(0), x.get(1), x.get(2), (float) epsilon));
    }
}
