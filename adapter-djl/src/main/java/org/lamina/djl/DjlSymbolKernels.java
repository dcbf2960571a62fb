package org.lamina.djl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.graph.Accumulation;
import org.lamina.graph.Convolution;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;

/**
 * The kernels of MXNet that give what the ops give, special values too, as nodes of a program. Its ReLU makes 0 of NaN; a maximum
 * with the number 0 is one op as well.
 */
record DjlSymbolKernels() implements Kernels {
    private static final Accumulation SINGLE =
            new Accumulation(4096, 512, 2048, 256, 256, new Accumulation.Products(1024, 8192, 65_536, true));
    private static final Accumulation DOUBLE =
            new Accumulation(16_384, 16_384, 4096, 256, 256, Accumulation.Products.of(32_768));

    /** Of an error of 16 u, where all elements are equal. */
    private static final long LONGEST_ROW = 256;

    /** Writes a node. */
    private interface Computation {
        DjlSymbol compute(DjlSymbolDetours detours, TensorType type, List<DjlSymbol> operands);
    }

    /** A kernel as a function. */
    record Kernel(String name, Computation computation) implements org.lamina.graph.Kernel {
        @Override
        public List<String> backends() {
            return List.of(new DjlProvider.Mxnet().name());
        }

        DjlSymbol compute(DjlSymbolDetours detours, TensorType type, List<DjlSymbol> operands) {
            return computation.compute(detours, type, operands);
        }
    }

    /** MXNet's sums of float32 run in a few lanes, of float64 in more; MKL multiplies float32, OpenBLAS float64. */
    @Override
    public Accumulation accumulation(DType dtype) {
        return dtype == DType.FLOAT32 ? SINGLE : DOUBLE;
    }

    /**
     * MXNet takes epsilon in float32, and adds up a row one element after another. It multiplies by gamma before it divides, which
     * overflows where the quotient times gamma does not; so it is given ones.
     */
    @Override
    public @Nullable NativeFunction layerNorm(DType dtype, double epsilon, long length) {
        return dtype != DType.FLOAT32 || length > LONGEST_ROW
                ? null
                : new Kernel(
                        "layer_norm",
                        (detours, type, x) -> detours.layerNorm(type, (float) epsilon, x.get(0), x.get(1), x.get(2)));
    }

    @Override
    public @Nullable NativeFunction linear(DType dtype) {
        return dtype != DType.FLOAT32
                ? null
                : new Kernel("linear", (detours, type, x) -> detours.linear(type, x.get(0), x.get(1), x.get(2)));
    }

    /** MXNet pads both sides alike, and in float64 gives both derivatives or none. */
    private static @Nullable NativeFunction evenly(DType dtype, Convolution convolution, Kernel kernel) {
        return convolution.isPaddedEvenly() && dtype == DType.FLOAT32 ? kernel : null;
    }

    @Override
    public @Nullable NativeFunction convolution(DType dtype, Convolution convolution) {
        return evenly(
                dtype,
                convolution,
                new Kernel(
                        "convolution",
                        (detours, type, x) -> detours.convolution(convolution, type, x.get(0), x.get(1))));
    }

    @Override
    public @Nullable NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
        return evenly(
                dtype,
                convolution,
                new Kernel(
                        "convolution by input",
                        (detours, type, x) -> detours.convolutionByInput(convolution, type, x.get(0), x.get(1))));
    }

    @Override
    public @Nullable NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
        return evenly(
                dtype,
                convolution,
                new Kernel(
                        "convolution by weight",
                        (detours, type, x) -> detours.convolutionByWeight(convolution, type, x.get(0), x.get(1))));
    }
}
