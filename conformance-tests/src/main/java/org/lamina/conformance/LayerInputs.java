package org.lamina.conformance;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

/** Finds an input that a layer takes, by dry traces: digits as rows or images, then rows of other widths, then integers. */
final class LayerInputs {
    private static final int ROWS = 16;
    private static final int WIDEST = 1024;
    private static final int MOST_INPUTS = 3;

    private LayerInputs() {}

    /** @throws LaminaException if none of the inputs that are tried fits */
    static List<HostArray> find(LayerCase subject) {
        LaminaException first = null;
        Iterator<HostArray> candidates = candidates(subject.seed()).iterator();
        while (candidates.hasNext()) {
            HostArray candidate = candidates.next();
            for (int count = 1; count <= MOST_INPUTS; count++) {
                List<HostArray> inputs = Collections.nCopies(count, candidate);
                LaminaException problem = problem(subject.layer().get(), inputs);
                if (problem == null) {
                    return inputs;
                }
                first = first == null ? problem : first;
                if (problem.code() != ErrorCode.ARITY) {
                    break;
                }
            }
        }
        throw new LaminaException(
                ErrorCode.SHAPE,
                subject.name()
                        + ": no input was given and none that was tried fits, so the layer was not run. Give one. The "
                        + "first that was tried: " + (first == null ? "" : first.getMessage()),
                first);
    }

    private static @Nullable LaminaException problem(Layer layer, List<HostArray> inputs) {
        try {
            Trace.of(layer, DType.FLOAT32, LayerCase.types(inputs), false);
            return null;
        } catch (LaminaException e) {
            return e;
        }
    }

    /** Made one by one, as most are never needed. */
    private static Stream<HostArray> candidates(long seed) {
        HostArray digits = Digits.load().first(ROWS).pixels().cast(DType.FLOAT32);
        Stream<HostArray> images =
                Stream.of(digits, digits.reshape(Shape.of(ROWS, 8, 8)), digits.reshape(Shape.of(ROWS, 1, 8, 8)));
        Stream<HostArray> rows =
                IntStream.rangeClosed(1, WIDEST).mapToObj(width -> HostArray.normal(Shape.of(ROWS, width), seed));
        TensorType indices = new TensorType(DType.INT64, Shape.of(ROWS, 4));
        return Stream.of(images, rows, Stream.of(HostArray.generate(indices, i -> i % 2)))
                .flatMap(candidates -> candidates);
    }
}
