package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.Layer;

/**
 * Checks a layer on backends, in float32 and float64, against the oracle: outputs, gradients, a batch of another size, a copy,
 * saving and loading. For a layer of one's own:
 *
 * <pre>{@code
 * @Test
 * void isTheSameOnEveryBackend() {
 *     LayerConformance.of(() -> new MyLayer(3)).on(Shape.of(4, 8)).check();
 * }
 * }</pre>
 *
 * <p>Immutable: each method that configures gives another one.
 */
public final class LayerConformance {
    private static final long SEED = 2024;
    private static final List<DType> WIDTHS = List.of(DType.FLOAT32, DType.FLOAT64);

    private final LayerCase subject;

    private LayerConformance(LayerCase subject) {
        this.subject = subject;
    }

    /** A layer, named as its class, on an input that is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(Supplier<? extends Layer> layer) {
        return of(layer.get().getClass().getSimpleName(), layer);
    }

    /** A layer, on an input that is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(String name, Supplier<? extends Layer> layer) {
        return new LayerConformance(new LayerCase(name, layer, List.of(), null, SEED, false));
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(HostArray... inputs) {
        return on(List.of(inputs));
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(List<HostArray> inputs) {
        return new LayerConformance(new LayerCase(
                subject.name(), subject.layer(), inputs, subject.weights(), subject.seed(), subject.independentRows()));
    }

    /** The same layer on values from N(0, 1). */
    public LayerConformance on(Shape input) {
        return on(HostArray.normal(input, subject.seed()));
    }

    /** With these weights by path; those that are missing are drawn, as all are for null. */
    public LayerConformance weights(@Nullable Map<String, HostArray> weights) {
        return new LayerConformance(new LayerCase(
                subject.name(), subject.layer(), subject.inputs(), weights, subject.seed(), subject.independentRows()));
    }

    /** With another seed for weights, cotangents and inputs that are not given. */
    public LayerConformance seed(long seed) {
        return new LayerConformance(new LayerCase(
                subject.name(), subject.layer(), subject.inputs(), subject.weights(), seed, subject.independentRows()));
    }

    /** Declares that a row of the output depends on the same row of the input alone. */
    public LayerConformance independentRows() {
        return new LayerConformance(new LayerCase(
                subject.name(), subject.layer(), subject.inputs(), subject.weights(), subject.seed(), true));
    }

    /** What weights, cotangents and inputs that are not given are drawn with. */
    public long seed() {
        return subject.seed();
    }

    /** What reports call the layer. */
    public String name() {
        return subject.name();
    }

    LayerCase subject() {
        return subject;
    }

    /** The layer for a framework's own differentiation, on a few rows if its input is a batch. */
    public NativeCase nativeCase(DType dtype) {
        LayerCase given = subject.inputs().isEmpty() ? on(LayerInputs.find(subject)).subject : subject;
        return new LayerGraph(given.withFewerRows().orElse(given), dtype).nativeCase(subject.name());
    }

    /**
     * Runs all checks on loaded backends; those that need no backend are reported under {@code reference}. A backend that does
     * not take a float width gives no results in it.
     */
    public List<LayerResult> results(List<Backend> backends) {
        LayerCase given = subject.inputs().isEmpty() ? on(LayerInputs.find(subject)).subject : subject;
        @Nullable LayerCase fewer = given.withFewerRows().orElse(null);
        List<LayerResult> results = new ArrayList<>(slope(fewer == null ? given : fewer));
        List<LayerTruth> truths = truths(given);
        List<LayerTruth> smaller = fewer == null ? List.of() : truths(fewer);
        for (int i = 0; i < truths.size(); i++) {
            for (Backend backend : backends) {
                if (!backend.info().dtypes().contains(truths.get(i).dtype())) {
                    continue;
                }
                LayerTruth other = fewer == null ? null : smaller.get(i);
                results.addAll(new LayerRun(truths.get(i), other, backend).results());
            }
        }
        return results;
    }

    /** In parallel, as the oracle is slow. */
    private static List<LayerTruth> truths(LayerCase subject) {
        return WIDTHS.parallelStream()
                .map(width -> new LayerTruth(subject, width))
                .toList();
    }

    private static List<LayerResult> slope(LayerCase subject) {
        return new Slope(subject)
                        .errors()
                        .map(errors -> subject.result(OracleProvider.INFO, DType.FLOAT64, LayerCheck.SLOPE, errors, ""))
                        .stream()
                        .toList();
    }

    /** Runs all checks on every backend of the class path. */
    public List<LayerResult> results() {
        List<Backend> backends = new ArrayList<>();
        try {
            for (String name : Backend.available()) {
                if (!name.equals(OracleProvider.NAME)) {
                    backends.add(Backend.load(name));
                }
            }
            return results(backends);
        } finally {
            backends.forEach(Backend::close);
        }
    }

    /** Runs all checks on every backend of the class path. @throws AssertionError if any fails; it tells of each that does */
    public void check() {
        String failures = results().stream()
                .filter(result -> !result.passed())
                .map(result -> result + " (seed " + subject.seed() + ")")
                .collect(Collectors.joining("\n"));
        if (!failures.isEmpty()) {
            throw new AssertionError(failures);
        }
    }
}
