package org.lamina.djl;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Convolution;

/**
 * A convolution's derivative by its input, as a convolution of the cotangent. PyTorch's own kernel for it is wrong in float32 where
 * filters do not fill a vector of the processor, and with stride 2 for some that do.
 */
record DjlScriptConvolutionByInput(Convolution settings, DType dtype) {
    /**
     * Where the sum of the convolution's results is NaN, columns decide, as an infinity times one of the zeros around the cotangent
     * or in the weight is NaN too.
     */
    String value(DjlScriptBody body, Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        if (input.closedSize() == 0) {
            return "torch.zeros(" + DjlScriptTerm.list(input) + ", dtype=" + DjlScriptTerm.dtype(dtype) + ")";
        }
        String byColumns = new DjlScriptColumns(settings).byInput(input, weight, cotangent);
        List<DjlScriptPhases> axes = axes(input, weight, cotangent);
        if (!axes.stream().allMatch(DjlScriptPhases::areDense)) {
            return byColumns;
        }
        String convolved = body.variable(byConvolution(axes, input, weight, cotangent));
        return body.either("bool(torch.isnan(torch.sum(" + convolved + ")))", byColumns, convolved);
    }

    private List<DjlScriptPhases> axes(Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        return IntStream.range(0, settings.stride().size())
                .mapToObj(axis -> DjlScriptPhases.of(
                        settings,
                        axis,
                        input.extent(2 + axis),
                        weight.shape().extent(2 + axis),
                        cotangent.shape().extent(2 + axis)))
                .toList();
    }

    /** Each phase of the stride is a convolution with a part of the weight; all are one, whose results are then put side by side. */
    private String byConvolution(
            List<DjlScriptPhases> axes, Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        List<Long> ones = Collections.nCopies(axes.size(), 1L);
        List<List<Long>> widths = axes.stream().map(DjlScriptPhases::padding).toList();
        Convolution turned = new Convolution(ones, widths, settings.dilation(), settings.groups());
        String phases = new DjlScriptConvolution(turned, dtype).value(cotangent, turned(axes, weight));
        Shape places = Shape.of(axes.stream().mapToLong(DjlScriptPhases::places).toArray());
        Shape strides =
                Shape.of(axes.stream().mapToLong(DjlScriptPhases::stride).toArray());
        return interleaved(cotangent, phases, input, strides, places)
                .pad(axes.stream().map(DjlScriptPhases::cut).toList())
                .text();
    }

    /** (batch, channels, strides, places) as (batch, channels, places times strides). */
    private static DjlScriptTerm interleaved(
            DjlScriptTerm like, String phases, Shape input, Shape strides, Shape places) {
        int rank = strides.rank();
        Shape batch = input.slice(0, 1);
        Shape result = input.slice(0, 2);
        for (int axis = 0; axis < rank; axis++) {
            result = result.concat(Shape.of(strides.extent(axis) * places.extent(axis)));
        }
        if (strides.size() == 1) {
            return like.with(phases, result);
        }
        if (rank == 2 && strides.extent(0) == strides.extent(1)) {
            return like.with("torch.pixel_shuffle(" + phases + ", " + strides.extent(0) + ")", result);
        }
        Shape apart = batch.concat(Shape.of(input.extent(1))).concat(strides).concat(places);
        IntStream pairs = IntStream.range(0, rank).flatMap(axis -> IntStream.of(2 + rank + axis, 2 + axis));
        int[] order = IntStream.concat(IntStream.of(0, 1), pairs).toArray();
        return like.with(phases, apart).reshape(apart).permute(order).reshape(result);
    }

    /** (channels times strides, filters, taps): the part of the weight that each phase sees, turned around. */
    private DjlScriptTerm turned(List<DjlScriptPhases> axes, DjlScriptTerm weight) {
        int rank = axes.size();
        long channels = weight.shape().extent(1);
        Shape split = Shape.of(settings.groups(), weight.shape().extent(0) / settings.groups(), channels);
        for (DjlScriptPhases axis : axes) {
            split = split.concat(Shape.of(axis.taps(), axis.stride()));
        }
        DjlScriptTerm whole =
                weight.pad(axes.stream().map(DjlScriptPhases::filling).toList());
        DjlScriptTerm parts = whole.reshape(split).permute(partsFirst(rank));
        int[] last = IntStream.range(3 + rank, 3 + 2 * rank).toArray();
        Shape shape = parts.shape();
        return parts.with("torch.flip(" + parts.text() + ", " + DjlScriptTerm.list(last) + ")", shape)
                .reshape(Shape.of(shape.slice(0, 2 + rank).size()).concat(shape.slice(2 + rank, shape.rank())));
    }

    /** (groups, filters, channels, taps and strides of each axis) as (groups, channels, strides, filters, taps). */
    private static int[] partsFirst(int rank) {
        return Stream.of(
                        IntStream.of(0, 2),
                        IntStream.range(0, rank).map(axis -> 4 + 2 * axis),
                        IntStream.of(1),
                        IntStream.range(0, rank).map(axis -> 3 + 2 * axis))
                .flatMapToInt(axes -> axes)
                .toArray();
    }
}
