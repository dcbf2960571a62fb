package org.lamina.dl4j;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.graph.Accumulation;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The kernels of ND4J that give what the ops give, special values too. */
record Dl4jKernels() implements Kernels {
    private static final Accumulation ACCUMULATION =
            new Accumulation(256, 256, 256, 256, 256, Accumulation.Products.of(32_768));

    /** Computes a new array. */
    private interface Computation {
        INDArray compute(Dl4jDetours detours, List<INDArray> operands);
    }

    /** A kernel as a function. */
    record Kernel(String name, Computation computation) implements org.lamina.graph.Kernel {
        @Override
        public List<String> backends() {
            return List.of(Dl4jProvider.NAME);
        }

        INDArray compute(Dl4jDetours detours, List<INDArray> operands) {
            return computation.compute(detours, operands);
        }
    }

    /** ND4J's sums add one term after another; OpenBLAS has blocks of its own. */
    @Override
    public Accumulation accumulation(DType dtype) {
        return ACCUMULATION;
    }

    @Override
    public @Nullable NativeFunction relu(DType dtype) {
        return new Kernel("relu", (detours, x) -> detours.relu(x.get(0)));
    }

    /** The bias is added to the product, in its memory: sums that start with it would be others. */
    @Override
    public @Nullable NativeFunction linear(DType dtype) {
        return new Kernel("linear", (detours, x) -> detours.linear(x.get(0), x.get(1), x.get(2)));
    }

    @Override
    public @Nullable NativeFunction linearRelu(DType dtype) {
        return new Kernel("linear_relu", (detours, x) -> {
            INDArray linear = detours.linear(x.get(0), x.get(1), x.get(2));
            return detours.relu(linear, linear);
        });
    }
}
