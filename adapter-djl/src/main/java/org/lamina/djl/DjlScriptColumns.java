package org.lamina.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.lamina.Shape;
import org.lamina.graph.Convolution;

/** A convolution's derivative by its input as a product and a sum of columns, which is slow but good for every convolution. */
record DjlScriptColumns(Convolution settings) {
    /** The product of weight and cotangent, whose columns are added up where the windows lay. */
    String byInput(Shape input, DjlScriptTerm weight, DjlScriptTerm cotangent) {
        int rank = weight.rank() - 2;
        Shape kernel = weight.shape().slice(2, rank + 2);
        long columns = weight.shape().extent(1) * kernel.size();
        long filters = weight.shape().extent(0) / settings.groups();
        long places = cotangent.shape().slice(2, rank + 2).size();
        Shape batch = input.slice(0, 1);
        String rows =
                weight.reshape(Shape.of(settings.groups(), filters, columns)).text();
        String windows = cotangent
                .reshape(batch.concat(Shape.of(settings.groups(), filters, places)))
                .text();
        DjlScriptTerm product = weight.with(
                        "torch.matmul(torch.transpose(" + rows + ", 1, 2), " + windows + ")",
                        batch.concat(Shape.of(settings.groups(), columns, places)))
                .reshape(batch.concat(Shape.of(settings.groups() * columns, places)));
        Shape around = around(input);
        List<Long> zeros = Collections.nCopies(rank, 0L);
        String sum = "torch.col2im(" + product.text() + ", " + plane(around) + ", " + plane(kernel) + ", "
                + plane(settings.dilation(), 1) + ", " + plane(zeros, 0) + ", " + plane(settings.stride(), 1) + ")";
        List<List<Long>> cuts = settings.padding().stream()
                .map(widths -> List.of(-widths.get(0), -widths.get(1)))
                .toList();
        Shape padded = input.slice(0, 2).concat(around);
        return weight.with(sum, padded).reshape(padded).pad(cuts).text();
    }

    /** The spatial sizes of the input with its padding. */
    private Shape around(Shape input) {
        Shape sizes = input.slice(2, input.rank());
        for (int axis = 0; axis < sizes.rank(); axis++) {
            List<Long> widths = settings.padding().get(axis);
            sizes = sizes.with(axis, sizes.extent(axis) + widths.get(0) + widths.get(1));
        }
        return sizes;
    }

    private static String plane(Shape sizes) {
        return plane(Arrays.stream(sizes.toArray()).boxed().toList(), 1);
    }

    /** PyTorch adds up columns in planes, of which a line is one. */
    private static String plane(List<Long> values, long first) {
        List<Long> plane = new ArrayList<>(values);
        if (values.size() == 1) {
            plane.add(0, first);
        }
        return plane.toString();
    }
}
