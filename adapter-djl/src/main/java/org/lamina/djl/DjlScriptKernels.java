package org.lamina.djl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Convolution;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;

/** The kernels of PyTorch that give what the ops give, special values too, as expressions of TorchScript. */
record DjlScriptKernels() implements Kernels {
    /** Writes an expression. */
    interface Text {
        String of(DjlScriptBody body, TensorType type, List<DjlScriptTerm> operands);
    }

    /** A kernel as a function. Nothing differentiates it: it comes in after the derivatives. */
    record Kernel(String name, Text text) implements NativeFunction {
        @Override
        public List<String> backends() {
            return List.of(new DjlProvider.PyTorch().name());
        }

        @Override
        public @Nullable NativeFunction pullback(int operand) {
            return null;
        }

        @Override
        public boolean isFresh() {
            return true;
        }
    }

    /**
     * PyTorch's kernel gives NaN where the variance overflows, so where the inverse of a row's deviation is 0 or NaN the ops
     * decide.
     */
    @Override
    public NativeFunction layerNorm(DType dtype, double epsilon) {
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

    @Override
    public NativeFunction convolution(DType dtype, Convolution convolution) {
        return new Kernel(
                "convolution",
                (body, type, operands) -> "torch.convolution("
                        + padded(operands.get(0), convolution) + ", "
                        + operands.get(1).text() + ", None, "
                        + settings(convolution) + ", False, " + zeros(convolution) + ", " + convolution.groups() + ")");
    }

    /** Stride, padding and dilation; uneven padding is done before. */
    private static String settings(Convolution convolution) {
        List<Long> padding = convolution.isPaddedEvenly()
                ? convolution.padding().stream().map(widths -> widths.get(0)).toList()
                : Collections.nCopies(convolution.padding().size(), 0L);
        return convolution.stride() + ", " + padding + ", " + convolution.dilation();
    }

    private static String zeros(Convolution convolution) {
        return Collections.nCopies(convolution.stride().size(), 0L).toString();
    }

    private static String padded(DjlScriptTerm x, Convolution convolution) {
        return convolution.isPaddedEvenly()
                ? x.text()
                : "torch.constant_pad_nd(" + x.text() + ", " + widths(convolution, 1) + ", 0)";
    }

    /** How much is put around, the last axis first, or with -1 how much is cut. */
    private static List<Long> widths(Convolution convolution, int sign) {
        List<Long> widths = new ArrayList<>();
        for (int axis = convolution.padding().size() - 1; axis >= 0; axis--) {
            convolution.padding().get(axis).forEach(width -> widths.add(sign * width));
        }
        return widths;
    }

    /** Of the input PyTorch looks at the shape alone, so one element stands for all. */
    @Override
    public NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
        return new Kernel("convolution_by_input", (body, type, operands) -> {
            boolean even = convolution.isPaddedEvenly();
            Shape shape = even ? type.shape() : around(type.shape(), convolution);
            String input = "torch.expand(torch.zeros([1], dtype=" + DjlScriptTerm.dtype(dtype) + "), "
                    + DjlScriptTerm.list(shape) + ")";
            String gradient =
                    backward(body, operands.get(1), input, operands.get(0).text(), convolution, 0);
            return even ? gradient : "torch.constant_pad_nd(" + gradient + ", " + widths(convolution, -1) + ", 0)";
        });
    }

    private static Shape around(Shape shape, Convolution convolution) {
        Shape padded = shape;
        for (int axis = 0; axis < convolution.padding().size(); axis++) {
            List<Long> widths = convolution.padding().get(axis);
            padded = padded.with(axis + 2, padded.extent(axis + 2) + widths.get(0) + widths.get(1));
        }
        return padded;
    }

    @Override
    public NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
        return new Kernel("convolution_by_weight", (body, type, operands) -> {
            String weight = "torch.expand(torch.zeros([1], dtype=" + DjlScriptTerm.dtype(dtype) + "), "
                    + DjlScriptTerm.list(type.shape()) + ")";
            return backward(body, operands.get(1), padded(operands.get(0), convolution), weight, convolution, 1);
        });
    }

    /** One of PyTorch's three gradients: 0 by the input, 1 by the weight. */
    private static String backward(
            DjlScriptBody body, DjlScriptTerm cotangent, String x, String weight, Convolution convolution, int which) {
        List<String> names = List.of(body.name(), body.name(), body.name());
        body.line(String.join(", ", names) + ", = torch.convolution_backward(" + cotangent.text() + ", " + x + ", "
                + weight + ", None, " + settings(convolution) + ", False, " + zeros(convolution) + ", "
                + convolution.groups() + ", [" + (which == 0 ? "True, False" : "False, True") + ", False])");
        return names.get(which);
    }
}
