package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Convolution;

/**
 * A convolution and its derivatives as PyTorch's kernels. In float32 those put channels into blocks as long as a vector of the
 * processor and leave what they find in memory in the rest of the last block, which is then added up: the results are wrong, and
 * others at every call. Convolution itself is given channels of zeros here to fill the block; the derivative by the input, which
 * also is wrong for some full blocks and stride 2, is not used at all.
 */
record DjlScriptConvolution(Convolution settings, DType dtype) {
    /** So many channels or less are not put into blocks; it is also the length of the shortest block, that of AVX2. */
    private static final int LOOSE = 8;
    /** The length of the longest block, that of AVX-512. */
    private static final int BLOCK = 16;

    /** Uneven padding is done before. */
    String value(DjlScriptTerm x, DjlScriptTerm weight) {
        long channels = weight.shape().extent(1);
        long missing = dtype == DType.FLOAT32 && channels > LOOSE ? Math.floorMod(-channels, BLOCK) : 0;
        return convolution(
                padded(filled(x, settings.groups(), missing)),
                filled(weight, 1, missing).text());
    }

    private String convolution(String x, String weight) {
        return "torch.convolution(" + x + ", " + weight + ", None, " + settings.stride() + ", " + evenPadding() + ", "
                + settings.dilation() + ", False, " + each(0) + ", " + settings.groups() + ")";
    }

    /** Channels of zeros after those of each group. */
    private DjlScriptTerm filled(DjlScriptTerm x, long groups, long missing) {
        if (missing == 0) {
            return x;
        }
        Shape shape = x.shape();
        Shape spatial = shape.slice(2, shape.rank());
        long channels = shape.extent(1) / groups;
        List<List<Long>> widths = new ArrayList<>(List.of(List.of(0L, missing)));
        widths.addAll(Collections.nCopies(spatial.rank(), List.of(0L, 0L)));
        Shape grouped = shape.slice(0, 1).concat(Shape.of(groups, channels)).concat(spatial);
        Shape result = shape.with(1, groups * (channels + missing));
        String text = groups == 1 ? pad(x.text(), widths) : reshape(pad(reshape(x.text(), grouped), widths), result);
        return term(text, result);
    }

    /**
     * By a convolution where the stride is 1, else by columns. Columns also decide where the sum of the convolution's results is
     * NaN, which an infinite weight times a zero around the cotangent is too.
     */
    String byInput(DjlScriptBody body, Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        if (input.closedSize() == 0) {
            return "torch.zeros(" + DjlScriptTerm.list(input) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")";
        }
        if (!settings.stride().equals(each(1))) {
            return byColumns(input, weight, cotangent);
        }
        String convolved = body.variable(byConvolution(input, weight, cotangent));
        String result = body.name();
        body.line("if bool(torch.isnan(torch.sum(" + convolved + "))):");
        body.line("  " + result + " = " + byColumns(input, weight, cotangent));
        body.line("else:");
        body.line("  " + result + " = " + convolved);
        return result;
    }

    /**
     * The convolution of the cotangent with the weight turned around, whose filters and channels change places (Dumoulin and
     * Visin, A guide to convolution arithmetic, 4.3).
     */
    private String byConvolution(Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        List<List<Long>> widths = new ArrayList<>();
        for (int axis = 0; axis < settings.stride().size(); axis++) {
            long span = settings.dilation().get(axis) * (weight.shape().extent(2 + axis) - 1);
            long before = span - settings.padding().get(axis).get(0);
            long after =
                    input.extent(2 + axis) + span - before - cotangent.shape().extent(2 + axis);
            widths.add(List.of(before, after));
        }
        Convolution turned = new Convolution(each(1), widths, settings.dilation(), settings.groups());
        return new DjlScriptConvolution(turned, dtype).value(cotangent, turned(weight));
    }

    /** The product of weight and cotangent, whose columns are added up where the windows lay. */
    private String byColumns(Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        int rank = weight.rank() - 2;
        Shape kernel = weight.shape().slice(2, rank + 2);
        long columns = weight.shape().extent(1) * kernel.size();
        long filters = weight.shape().extent(0) / settings.groups();
        long places = cotangent.shape().slice(2, rank + 2).size();
        Shape batch = input.slice(0, 1);
        String turned =
                "torch.transpose(" + reshape(weight.text(), Shape.of(settings.groups(), filters, columns)) + ", 1, 2)";
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

    private DjlScriptTerm turned(DjlScriptTerm weight) {
        Shape kernel = weight.shape().slice(2, weight.rank());
        long filters = weight.shape().extent(0) / settings.groups();
        long channels = weight.shape().extent(1);
        int[] axes = IntStream.range(2, weight.rank()).toArray();
        String flipped = "torch.flip(" + weight.text() + ", " + DjlScriptTerm.list(axes) + ")";
        String grouped =
                reshape(flipped, Shape.of(settings.groups(), filters, channels).concat(kernel));
        Shape result = Shape.of(settings.groups() * channels, filters).concat(kernel);
        return term(reshape("torch.transpose(" + grouped + ", 1, 2)", result), result);
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

    private DjlScriptTerm term(String text, Shape shape) {
        return DjlScriptTerm.of(text, new TensorType(dtype, shape));
    }

    private List<Long> each(long value) {
        return Collections.nCopies(settings.stride().size(), value);
    }

    private boolean padsItself() {
        return settings.isPaddedEvenly() && settings.padding().stream().allMatch(widths -> widths.get(0) >= 0);
    }

    private List<Long> evenPadding() {
        return padsItself()
                ? settings.padding().stream().map(widths -> widths.get(0)).toList()
                : each(0);
    }

    private String padded(DjlScriptTerm x) {
        return padsItself() ? x.text() : pad(x.text(), settings.padding());
    }

    /** PyTorch counts axes from the last; a negative width cuts. */
    private static String pad(String x, List<List<Long>> widths) {
        List<Long> fromLast = new ArrayList<>();
        for (int axis = widths.size() - 1; axis >= 0; axis--) {
            fromLast.addAll(widths.get(axis));
        }
        return "torch.constant_pad_nd(" + x + ", " + fromLast + ", 0)";
    }

    private static String reshape(String x, Shape shape) {
        return "torch.reshape(" + x + ", " + DjlScriptTerm.list(shape) + ")";
    }
}
