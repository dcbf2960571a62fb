package org.lamina.djl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.graph.Accumulation;
import org.lamina.graph.Convolution;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;

/** The kernels of PyTorch that give what the ops give, special values too, as expressions of TorchScript. */
record DjlKernels() implements Kernels {
    private static final long ANY = Accumulation.ANY;
    private static final Accumulation SINGLE =
            new Accumulation(ANY, ANY, 1024, ANY, 256, new Accumulation.Products(1024, 8192, 65_536, false));
    private static final Accumulation DOUBLE =
            new Accumulation(ANY, ANY, 1024, 256, 256, new Accumulation.Products(512, 512, 1024, false));

    /** Writes an expression. */
    interface Text {
        String of(DjlScriptBody body, TensorType type, List<DjlScriptTerm> operands);
    }

    /** A kernel as a function. */
    record Kernel(String name, Text text) implements org.lamina.graph.Kernel {
        @Override
        public List<String> backends() {
            return List.of(new DjlProvider.PyTorch().name());
        }
    }

    /** PyTorch's sums run in a tree unless axes lie apart; MKL's products of a vector add one after another. */
    @Override
    public Accumulation accumulation(DType dtype) {
        return dtype == DType.FLOAT32 ? SINGLE : DOUBLE;
    }

    @Override
    public NativeFunction reluByInput(DType dtype) {
        return new Kernel(
                "relu_by_input",
                (body, type, operands) -> "torch.threshold_backward("
                        + operands.get(1).text() + ", " + operands.get(0).text() + ", 0)");
    }

    /** PyTorch's own for matrices starts its sums with the row, which rounds otherwise than the ops. */
    @Override
    public @Nullable NativeFunction linear(DType dtype) {
        return DjlScriptProduct.isFast(dtype)
                ? new Kernel("linear", (body, type, operands) -> new DjlScriptProduct(operands.get(0), operands.get(1))
                        .plus(body, operands.get(2)))
                : null;
    }

    /**
     * PyTorch's kernel gives NaN where the variance overflows, so where the inverse of a row's deviation is 0 or NaN the ops
     * decide.
     */
    @Override
    public NativeFunction layerNorm(DType dtype, double epsilon, long length) {
        return new Kernel("layer_norm", (body, type, operands) -> {
            DjlScriptTerm x = operands.get(0);
            String rows = ", " + operands.get(1).text() + ", " + operands.get(2).text();
            String y = body.name();
            String inverse = body.name();
            body.line(y + ", " + body.name() + ", " + inverse + ", = torch.native_layer_norm(" + x.text() + ", ["
                    + x.shape().extent(x.rank() - 1) + "]" + rows + ", " + epsilon + ")");
            String result = body.name();
            body.line("if bool(torch.all(torch.gt(" + inverse + ", 0))):");
            body.line("  " + result + " = " + y);
            body.line("else:");
            body.line("  c = torch.sub(" + x.text() + ", torch.mean(" + x.text() + ", [-1], True))");
            body.line("  s = torch.sqrt(torch.add(torch.mean(torch.mul(c, c), [-1], True), " + epsilon + "))");
            body.line("  " + result + " = torch.add(torch.mul(torch.div(c, s), "
                    + operands.get(1).text() + "), " + operands.get(2).text() + ")");
            return result;
        });
    }

    /**
     * PyTorch's kernel gives NaN at infinity, and infinity where twice the result overflows, so where the sum of its results is not
     * finite the ops decide.
     */
    @Override
    public NativeFunction gelu(DType dtype) {
        return new Kernel("gelu", (body, type, operands) -> {
            String x = operands.get(0).text();
            String y = body.variable("torch.gelu(" + x + ")");
            String byOps = "torch.mul(torch.mul(" + x + ", 0.5), torch.add(torch.erf(torch.mul(" + x + ", "
                    + DjlScriptTerm.number(Math.sqrt(0.5), dtype) + ")), 1.0))";
            return body.either("bool(torch.isfinite(torch.sum(" + y + ")))", y, byOps);
        });
    }

    @Override
    public NativeFunction convolution(DType dtype, Convolution convolution) {
        return new Kernel("convolution", (body, type, operands) -> new DjlScriptConvolution(convolution, dtype)
                .value(operands.get(0), operands.get(1)));
    }

    /** PyTorch adds up columns in planes only. */
    @Override
    public @Nullable NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
        return convolution.stride().size() > 2
                ? null
                : new Kernel("convolution_by_input", (body, type, operands) -> new DjlScriptConvolutionByInput(
                                convolution, dtype)
                        .value(body, type.shape(), operands.get(0), operands.get(1)));
    }

    @Override
    public NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
        return new Kernel("convolution_by_weight", (body, type, operands) -> new DjlScriptConvolution(
                        convolution, dtype)
                .byWeight(body, type.shape(), operands.get(0), operands.get(1).text()));
    }
}
