package org.lamina.port;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.FrozenPaths;
import org.lamina.io.Safetensors;
import org.lamina.layer.Declaration;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;

/**
 * Finds inputs for which a layer declares just the parameters whose values there are, by dry traces of shapes that are made of the
 * parameters' own sizes; so a file of weights needs not say what its model is fed with.
 */
public final class ModelInputs {
    private static final long BATCH = 2;
    private static final long TIME = 5;
    private static final long LONGEST = 128;
    private static final long LARGEST_IMAGE = 64;
    private static final long LARGEST_RECTANGLE = 32;
    private static final long[] LARGER_IMAGES = {96, 112, 128, 160, 192, 224, 227, 256, 299, 320};
    private static final int MOST_INPUTS = 3;

    private final Function<List<TensorType>, Bundle> model;
    private final Map<String, HostArray> weights;
    private final DType dtype;
    private @Nullable LaminaException failure;
    private int fewest = Integer.MAX_VALUE;
    private List<TensorType> best = List.of();
    private @Nullable List<String> differences;

    private ModelInputs(Map<String, HostArray> weights, Function<List<TensorType>, Bundle> model) {
        this.model = model;
        this.weights = weights;
        this.dtype = WeightWidth.of(weights.values());
    }

    /**
     * The types of inputs that a model takes, with a batch of 2.
     *
     * @throws LaminaException if its weights do not fit it, listing all that differ for the inputs that fit best; or if it takes none
     *     of the inputs that are tried
     */
    public static List<TensorType> of(Bundle model) {
        return of(model.weights().tensors(), types -> model);
    }

    /** As {@link #of(Bundle)} for a model whose layers depend on its inputs, but the values of whose weights do not. */
    static List<TensorType> of(Map<String, HostArray> weights, Function<List<TensorType>, Bundle> model) {
        ModelInputs inputs = new ModelInputs(weights, model);
        inputs.search();
        inputs.requireFit();
        return inputs.best;
    }

    /** As {@link #of(Bundle)} for inputs that are known. */
    public static List<TensorType> of(Bundle model, List<TensorType> known) {
        ModelInputs inputs = new ModelInputs(model.weights().tensors(), types -> model);
        inputs.attempt(known);
        inputs.requireFit();
        return known;
    }

    /** A model with its weights in the order in which its layers declare them. */
    public static Bundle ordered(Bundle model, List<TensorType> inputs) {
        Map<String, HostArray> given = model.weights().tensors();
        TracedLayer traced = new ModelInputs(given, types -> model).trace(model, inputs);
        Map<String, HostArray> ordered = new LinkedHashMap<>();
        traced.declarations().keySet().forEach(path -> {
            HostArray value = given.get(path);
            if (value != null) {
                ordered.put(path, value);
            }
        });
        Set<String> frozen = model.frozen();
        return new Bundle(
                model.layer(),
                new Safetensors(
                        ordered, frozen.isEmpty() ? traced.aliases() : FrozenPaths.added(traced.aliases(), frozen)));
    }

    private void search() {
        Set<Long> sizes = new LinkedHashSet<>();
        weights.values().forEach(value -> LongStream.of(value.shape().toArray()).forEach(sizes::add));
        sizes.add(8L);
        sizes.removeIf(size -> size < 1);
        boolean found = indices() || plain(sizes) || lengths() || images(sizes, 2) || images(sizes, 1);
        if (!found && fewest == Integer.MAX_VALUE) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "the model takes none of the inputs that were tried, so its weights were not checked and nothing was ported: "
                            + (failure == null ? "" : failure.getMessage())
                            + " Give --input-shape.",
                    failure);
        }
    }

    private boolean indices() {
        return attempt(List.of(new TensorType(DType.INT64, Shape.of(BATCH, TIME))));
    }

    private boolean plain(Set<Long> sizes) {
        for (long size : sizes) {
            if (attempt(Shape.of(BATCH, size)) || attempt(Shape.of(BATCH, TIME, size))) {
                return true;
            }
        }
        for (HostArray value : weights.values()) {
            if (attempt(Shape.of(BATCH).concat(value.shape()))) {
                return true;
            }
        }
        return false;
    }

    /** Other lengths of the sequence that fits best, as a flattening of all time steps tells them. */
    private boolean lengths() {
        if (best.size() != 1) {
            return false;
        }
        TensorType type = best.get(0);
        if (type.shape().rank() != (type.dtype().isFloating() ? 3 : 2)) {
            return false;
        }
        for (long length = 1; length <= LONGEST; length++) {
            if (attempt(List.of(new TensorType(type.dtype(), type.shape().with(1, length))))) {
                return true;
            }
        }
        return false;
    }

    /** The channels first, as a wrong number of them is wrong for every size; then the sizes, as far as a flattening tells them. */
    private boolean images(Set<Long> sizes, int axes) {
        long channels = 0;
        int least = Integer.MAX_VALUE;
        for (long size : channelCounts(sizes)) {
            for (long extent : new long[] {8, 28, LARGEST_IMAGE}) {
                int differing = differing(types(image(size, extent, axes)));
                if (differing == 0) {
                    return attempt(image(size, extent, axes));
                }
                if (differing < least) {
                    least = differing;
                    channels = size;
                }
            }
        }
        for (long extent = 1; channels > 0 && extent <= LARGEST_IMAGE; extent++) {
            if (attempt(image(channels, extent, axes))) {
                return true;
            }
        }
        for (long extent : LARGER_IMAGES) {
            if (channels > 0 && attempt(image(channels, extent, axes))) {
                return true;
            }
        }
        return axes == 2 && channels > 0 && rectangles(channels);
    }

    private boolean rectangles(long channels) {
        for (long height = 1; height <= LARGEST_RECTANGLE; height++) {
            for (long width = 1; width <= LARGEST_RECTANGLE; width++) {
                if (attempt(Shape.of(BATCH, channels, height, width))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The sizes of weights, and their multiples for convolutions in groups. */
    private static Set<Long> channelCounts(Set<Long> sizes) {
        Set<Long> counts = new LinkedHashSet<>(sizes);
        for (long groups = 2; groups <= 4; groups++) {
            for (long size : sizes) {
                counts.add(size * groups);
            }
        }
        return counts;
    }

    private static Shape image(long channels, long extent, int axes) {
        return axes == 2 ? Shape.of(BATCH, channels, extent, extent) : Shape.of(BATCH, channels, extent);
    }

    private List<TensorType> types(Shape shape) {
        return List.of(new TensorType(dtype, shape));
    }

    private boolean attempt(Shape shape) {
        return attempt(types(shape));
    }

    /** True if the weights are just those that the layer declares for these inputs, or as many times the first. */
    private boolean attempt(List<TensorType> inputs) {
        for (int count = 1; count <= MOST_INPUTS; count++) {
            List<TensorType> types = inputs.size() > 1 ? inputs : Collections.nCopies(count, inputs.get(0));
            int differing = differing(types);
            if (differing == 0) {
                return true;
            }
            if (differing < Integer.MAX_VALUE || failure == null || failure.code() != ErrorCode.ARITY) {
                return false;
            }
        }
        return false;
    }

    private TracedLayer trace(Bundle attempted, List<TensorType> inputs) {
        return Trace.of(attempted.layer(), dtype, inputs, false);
    }

    /** How many parameters differ, keeping the inputs with the fewest; the greatest number if the layer refuses them. */
    private int differing(List<TensorType> inputs) {
        List<String> differing;
        try {
            Bundle attempted = model.apply(inputs);
            differing =
                    differences(trace(attempted, inputs), attempted.weights().tensors());
        } catch (LaminaException e) {
            failure = failure == null || e.code() == ErrorCode.ARITY ? e : failure;
            return Integer.MAX_VALUE;
        }
        if (differing.size() < fewest) {
            fewest = differing.size();
            best = inputs;
            differences = differing;
        }
        return differing.size();
    }

    private static List<String> differences(TracedLayer attempted, Map<String, HostArray> given) {
        List<String> differences = new ArrayList<>();
        attempted.declarations().forEach((path, declaration) -> {
            HostArray value = given.get(path);
            if (value == null) {
                differences.add(path + " is missing, " + declaration.type() + " in the architecture");
            } else if (!value.type().equals(declaration.type())) {
                differences.add(wrong(path, value, declaration));
            }
        });
        given.forEach((path, value) -> {
            if (!attempted.declarations().containsKey(path)) {
                differences.add(
                        path + " " + value.type() + " is in the file, and no layer of the architecture takes it");
            }
        });
        return differences;
    }

    private static String wrong(String path, HostArray value, Declaration declaration) {
        return path + " is " + value.type() + " in the file and " + declaration.type() + " in the architecture";
    }

    private void requireFit() {
        List<String> found = differences;
        if (found == null) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "the model does not take " + (best.isEmpty() ? "the inputs that it is given" : best)
                            + (failure == null ? "" : ": " + failure.getMessage()),
                    failure);
        }
        if (!found.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "the weights do not fit the architecture, here for an input " + best + ": "
                            + String.join("; ", found)
                            + ". Nothing was ported. Give the architecture of these weights, or --input-shape.");
        }
    }
}
