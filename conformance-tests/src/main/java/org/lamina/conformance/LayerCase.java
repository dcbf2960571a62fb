package org.lamina.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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
 * @param kind what they are made of
 * @param weights by path, or null to draw them
 * @param seed draws weights, cotangents and directions
 * @param independentRows true if each row of the output depends on the same row of the inputs alone
 */
record LayerCase(
        String name,
        Supplier<? extends Layer> layer,
        List<HostArray> inputs,
        InputKind kind,
        @Nullable Map<String, HostArray> weights,
        long seed,
        boolean independentRows) {
    /** The batch size of the check with another batch. */
    private static final int OTHER_BATCH = 3;

    static LayerCase of(String name, Supplier<? extends Layer> layer, long seed) {
        return new LayerCase(name, layer, List.of(), InputKind.GIVEN, null, seed, false);
    }

    LayerCase withInputs(List<HostArray> given) {
        return new LayerCase(name, layer, given, kind, weights, seed, independentRows);
    }

    LayerCase withWeights(@Nullable Map<String, HostArray> given) {
        return new LayerCase(name, layer, inputs, kind, given, seed, independentRows);
    }

    LayerCase withSeed(long given) {
        return new LayerCase(name, layer, inputs, kind, weights, given, independentRows);
    }

    LayerCase withIndependentRows() {
        return new LayerCase(name, layer, inputs, kind, weights, seed, true);
    }

    /** The same layer on inputs of a kind, of the shapes of these. */
    LayerCase on(InputKind other) {
        List<HostArray> like = IntStream.range(0, inputs.size())
                .mapToObj(i -> other.like(inputs.get(i), seed + i))
                .toList();
        return new LayerCase(name, layer, like, other, weights, seed, independentRows);
    }

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
        return Optional.of(withInputs(fewer)).filter(this::declaresTheSame);
    }

    /** False if the first axis is none of samples: what the layer declares depends on its size. */
    private boolean declaresTheSame(LayerCase other) {
        return declared().equals(other.declared());
    }

    private List<TensorType> declared() {
        return Trace.of(layer.get(), DType.FLOAT32, types(inputs(DType.FLOAT32)), false)
                .declarations()
                .values()
                .stream()
                .map(Declaration::type)
                .toList();
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
                : Failure.of(
                                Specification.load(),
                                check.rule(),
                                backend,
                                name,
                                kind.toString(),
                                errors.failure(),
                                first,
                                seed)
                        .detail();
        return new LayerResult(name, backend.name(), dtype, check, kind, errors.units(), errors.ulps(), detail);
    }
}
