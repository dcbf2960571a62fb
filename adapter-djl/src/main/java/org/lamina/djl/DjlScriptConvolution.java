package org.lamina.djl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Convolution;

/** A convolution and its derivatives as PyTorch's kernels. */
record DjlScriptConvolution(Convolution settings, DType dtype) {
    /** Uneven padding is done before. */
    String value(DjlScriptTerm x, String weight) {
        return convolve(padded(x), weight, settings.stride(), evenPadding(), settings.dilation());
    }

    private String convolve(String x, String weight, List<Long> stride, List<Long> padding, List<Long> dilation) {
        return "torch.convolution(" + x + ", " + weight + ", None, " + stride + ", " + padding + ", " + dilation
                + ", False, " + each(0) + ", " + settings.groups() + ")";
    }

    private List<Long> each(long value) {
        return Collections.nCopies(settings.stride().size(), value);
    }

    private List<Long> evenPadding() {
        return settings.isPaddedEvenly()
                ? settings.padding().stream().map(widths -> widths.get(0)).toList()
                : each(0);
    }

    private String padded(DjlScriptTerm x) {
        return settings.isPaddedEvenly() ? x.text() : pad(x.text(), settings.padding());
    }

    /** PyTorch counts axes from the last; a negative width cuts. */
    private static String pad(String x, List<List<Long>> widths) {
        List<Long> fromLast = new ArrayList<>();
        for (int axis = widths.size() - 1; axis >= 0; axis--) {
            fromLast.addAll(widths.get(axis));
        }
        return "torch.constant_pad_nd(" + x + ", " + fromLast + ", 0)";
    }

    /**
     * The convolution of the cotangent, with zeros between its elements and around them, with the weight turned round. PyTorch's
     * own derivative by the input, which transposed convolutions are too, gives other numbers at every call where two threads
     * share it and the filters do not fill a vector.
     */
    String byInput(DjlScriptBody body, Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        Shape kernel = weight.shape().slice(2, weight.rank());
        Shape spread = spread(cotangent.shape());
        List<List<Long>> widths = new ArrayList<>();
        for (int axis = 0; axis < kernel.rank(); axis++) {
            long reach = settings.dilation().get(axis) * (kernel.extent(axis) - 1);
            long before = reach - settings.padding().get(axis).get(0);
            widths.add(List.of(before, input.extent(axis + 2) + reach - spread.extent(axis + 2) - before));
        }
        String zeros = spread.equals(cotangent.shape()) ? cotangent.text() : spread(body, spread, cotangent);
        return convolve(pad(zeros, widths), turned(weight, kernel), each(1), each(0), settings.dilation());
    }

    private Shape spread(Shape shape) {
        Shape spread = shape;
        for (int axis = 2; axis < shape.rank(); axis++) {
            spread = spread.with(
                    axis,
                    Math.max(0, (shape.extent(axis) - 1) * settings.stride().get(axis - 2) + 1));
        }
        return spread;
    }

    private String spread(DjlScriptBody body, Shape shape, DjlScriptTerm cotangent) {
        String zeros = body.variable(
                "torch.zeros(" + DjlScriptTerm.list(shape) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")");
        String places = zeros;
        for (int axis = 2; axis < shape.rank(); axis++) {
            places = "torch.slice(" + places + ", " + axis + ", 0, " + shape.extent(axis) + ", "
                    + settings.stride().get(axis - 2) + ")";
        }
        body.variable("torch.copy_(" + places + ", " + cotangent.text() + ")");
        return zeros;
    }

    /** The kernel from its end to its start, filters and channels of each group in each other's place. */
    private String turned(DjlScriptTerm weight, Shape kernel) {
        long groups = settings.groups();
        long filters = weight.shape().extent(0) / groups;
        long channels = weight.shape().extent(1);
        int[] axes = axes(2, kernel.rank());
        String flipped = "torch.flip(" + weight.text() + ", " + DjlScriptTerm.list(axes) + ")";
        String grouped = "torch.reshape(" + flipped + ", "
                + DjlScriptTerm.list(Shape.of(groups, filters, channels).concat(kernel)) + ")";
        return "torch.reshape(torch.transpose(" + grouped + ", 1, 2), "
                + DjlScriptTerm.list(Shape.of(groups * channels, filters).concat(kernel)) + ")";
    }

    private static int[] axes(int first, int count) {
        return IntStream.range(first, first + count).toArray();
    }

    /** Of the weight PyTorch looks at the shape and the layout alone. */
    String byWeight(DjlScriptBody body, Shape weight, DjlScriptTerm x, String cotangent) {
        String byWeight = body.name();
        String empty = "torch.empty(" + DjlScriptTerm.list(weight) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")";
        body.line(String.join(", ", body.name(), byWeight, body.name()) + ", = torch.convolution_backward(" + cotangent
                + ", " + padded(x) + ", " + empty + ", None, " + settings.stride() + ", " + evenPadding() + ", "
                + settings.dilation() + ", False, " + each(0) + ", " + settings.groups() + ", [False, True, False])");
        return byWeight;
    }
}
