package org.lamina.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.spi.BackendInfo;

/**
 * A layer and what it is checked on.
 *
 * @param name what reports call it
 * @param layer makes the layer, anew for each use
 * @param inputs floating ones are cast to the dtype of a check
 * @param weights by path, or null to draw them
 * @param seed draws weights, cotangents and directions
 * @param independentRows true if each row of the output depends on the same row of the inputs alone
 */
record LayerCase(
        String name,
        Supplier<? extends Layer> layer,
        List<HostArray> inputs,
        @Nullable Map<String, HostArray> weights,
        long seed,
        boolean independentRows) {
    /** The batch size of the check with another batch. */
    private static final int OTHER_BATCH = 3;

    List<HostArray> inputs(DType dtype) {
        return inputs.stream().map(input -> cast(input, dtype)).toList();
    }

    static List<TensorType> types(List<HostArray> arrays) {
        return arrays.stream().map(HostArray::type).toList();
    }

    /** The parameters, constants and states, by path. */
    Map<String, HostArray> values(DType dtype) {
        Map<String, HostArray> values = new LinkedHashMap<>();
        Trace.of(layer.get(), dtype, types(inputs(dtype)), false)
                .declarations()
                .forEach((path, declaration) -> values.put(path, value(declaration, dtype)));
        return values;
    }

    private HostArray value(Declaration declaration, DType dtype) {
        HostArray given = weights == null ? null : weights.get(declaration.path());
        return given == null ? declaration.draw(seed) : cast(given, dtype);
    }

    /** The first rows of the inputs, if they are a batch that can be made smaller. */
    Optional<LayerCase> withFewerRows() {
        boolean batch = inputs.stream().allMatch(input -> input.shape().rank() > 0)
                && inputs.stream()
                                .map(input -> input.shape().extent(0))
                                .distinct()
                                .count()
                        == 1;
        if (!batch || inputs.get(0).shape().extent(0) < 2) {
            return Optional.empty();
        }
        long rows = Math.min(OTHER_BATCH, inputs.get(0).shape().extent(0) - 1);
        List<HostArray> fewer =
                inputs.stream().map(input -> Rows.first(input, rows)).toList();
        return Optional.of(new LayerCase(name, layer, fewer, weights, seed, independentRows));
    }

    private static HostArray cast(HostArray array, DType dtype) {
        return array.dtype().isFloating() ? array.cast(dtype) : array;
    }

    /**
     * What a check gave, with all that a failure must tell.
     *
     * @param first the first node that differs, if it was looked for
     */
    LayerResult result(BackendInfo backend, DType dtype, LayerCheck check, LayerErrors errors, String first) {
        String detail = errors.failure().isEmpty()
                ? ""
                : Failure.of(Specification.load(), check.rule(), backend, name, "", errors.failure(), first, seed)
                        .detail();
        return new LayerResult(name, backend.name(), dtype, check, errors.units(), errors.ulps(), detail);
    }
}
