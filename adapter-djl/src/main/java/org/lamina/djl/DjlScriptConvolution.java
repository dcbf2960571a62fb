package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Convolution;

/** A convolution and its derivatives as PyTorch's kernels. */
record DjlScriptConvolution(Convolution settings, DType dtype) {
    /** Uneven padding is done before. */
    String value(DjlScriptTerm x, String weight) {
        return "torch.convolution(" + padded(x) + ", " + weight + ", None, " + settings.stride() + ", " + evenPadding()
                + ", " + settings.dilation() + ", False, " + each(0) + ", " + settings.groups() + ")";
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
     * The product of weight and cotangent, whose columns are added up where the windows lay. PyTorch's own derivative by the
     * input, which transposed convolutions are too, gives other numbers at every call where two threads share it and the filters
     * do not fill a vector.
     */
    String byInput(Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        if (input.closedSize() == 0) {
            return "torch.zeros(" + DjlScriptTerm.list(input) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")";
        }
        int rank = weight.rank() - 2;
        Shape kernel = weight.shape().slice(2, rank + 2);
        long columns = weight.shape().extent(1) * kernel.size();
        long filters = weight.shape().extent(0) / settings.groups();
        long places = cotangent.shape().slice(2, rank + 2).size();
        Shape batch = input.slice(0, 1);
        Shape grouped = Shape.of(settings.groups(), filters, columns);
        String turned = "torch.transpose(" + reshape(weight.text(), grouped) + ", 1, 2)";
        String rows = reshape(cotangent.text(), batch.concat(Shape.of(settings.groups(), filters, places)));
        String product = reshape(
                "torch.matmul(" + turned + ", " + rows + ")",
                batch.concat(Shape.of(settings.groups() * columns, places)));
        String sum = "torch.col2im(" + product + ", " + plane(around(input)) + ", " + plane(kernel) + ", "
                + plane(settings.dilation(), 1) + ", " + plane(evenPadding(), 0) + ", " + plane(settings.stride(), 1)
                + ")";
        String padded = reshape(sum, input.slice(0, 2).concat(around(input)));
        return settings.isPaddedEvenly() ? padded : pad(padded, cuts());
    }

    private static String reshape(String x, Shape shape) {
        return "torch.reshape(" + x + ", " + DjlScriptTerm.list(shape) + ")";
    }

    /** The spatial sizes of the input, with its padding where that is uneven. */
    private Shape around(Shape input) {
        Shape sizes = input.slice(2, input.rank());
        for (int axis = 0; axis < sizes.rank() && !settings.isPaddedEvenly(); axis++) {
            List<Long> widths = settings.padding().get(axis);
            sizes = sizes.with(axis, sizes.extent(axis) + widths.get(0) + widths.get(1));
        }
        return sizes;
    }

    private List<List<Long>> cuts() {
        return settings.padding().stream()
                .map(widths -> List.of(-widths.get(0), -widths.get(1)))
                .toList();
    }

    private static String plane(Shape sizes) {
        return plane(Arrays.stream(sizes.toArray()).boxed().toList(), 1);
    }

    /** PyTorch adds up columns in planes, of which a line is one. */
    private static String plane(List<Long> values, long first) {
        return (values.size() == 1 ? List.of(first, values.get(0)) : values).toString();
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
