package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.layer.Layer;
import org.lamina.spi.Engine;

/**
 * Checks a layer on backends, in float32 and float64, against the oracle: outputs, gradients, a batch of another size, a copy,
 * saving and loading; its laws; and its use from several threads and for long. For a layer of one's own:
 *
 * <pre>{@code
 * @Test
 * void isTheSameOnEveryBackend() {
 *     LayerConformance.of(new MyLayer(3), Shape.of(4, 8)).check();
 * }
 * }</pre>
 *
 * <p>Immutable: each method that configures gives another one.
 */
public final class LayerConformance {
    private static final long SEED = 2024;
    private static final List<DType> WIDTHS = List.of(DType.FLOAT32, DType.FLOAT64);

    private final LayerCase subject;
    private final List<Law> laws;

    private LayerConformance(LayerCase subject, List<Law> laws) {
        this.subject = subject;
        this.laws = laws;
    }

    /** A layer, named as its class, on values from N(0, 1), one input for each shape. */
    public static LayerConformance of(Layer layer, Shape... inputs) {
        List<HostArray> values = new ArrayList<>();
        for (Shape input : inputs) {
            values.add(HostArray.normal(input, SEED + values.size()));
        }
        return of(() -> layer).on(values);
    }

    /** A layer, named as its class, on an input that is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(Supplier<? extends Layer> layer) {
        return of(layer.get().getClass().getSimpleName(), layer);
    }

    /** A layer, on an input that is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(String name, Supplier<? extends Layer> layer) {
        return new LayerConformance(new LayerCase(name, layer, List.of(), null, SEED, false), List.of());
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(HostArray... inputs) {
        return on(List.of(inputs));
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(List<HostArray> inputs) {
        return new LayerConformance(
                new LayerCase(
                        subject.name(),
                        subject.layer(),
                        inputs,
                        subject.weights(),
                        subject.seed(),
                        subject.independentRows()),
                laws);
    }

    /** The same layer on values from N(0, 1). */
    public LayerConformance on(Shape input) {
        return on(HostArray.normal(input, subject.seed()));
    }

    /** With these weights by path; those that are missing are drawn, as all are for null. */
    public LayerConformance weights(@Nullable Map<String, HostArray> weights) {
        return new LayerConformance(
                new LayerCase(
                        subject.name(),
                        subject.layer(),
                        subject.inputs(),
                        weights,
                        subject.seed(),
                        subject.independentRows()),
                laws);
    }

    /** With another seed for weights, cotangents and inputs that are not given. */
    public LayerConformance seed(long seed) {
        return new LayerConformance(
                new LayerCase(
                        subject.name(),
                        subject.layer(),
                        subject.inputs(),
                        subject.weights(),
                        seed,
                        subject.independentRows()),
                laws);
    }

    /** Declares that a row of the output depends on the same row of the input alone. */
    public LayerConformance independentRows() {
        return new LayerConformance(
                new LayerCase(
                        subject.name(), subject.layer(), subject.inputs(), subject.weights(), subject.seed(), true),
                laws);
    }

    /** Declares laws that the layer keeps, besides those declared before. */
    public LayerConformance laws(Law... more) {
        return new LayerConformance(
                subject, Stream.concat(laws.stream(), Stream.of(more)).toList());
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

    /**
     * Runs all checks on every backend of the class path.
     *
     * @throws LaminaException if there is none
     */
    public List<LayerResult> results() {
        return onEachBackend(this::results);
    }

    /**
     * Runs all checks on every backend of the class path, from several threads and for long too.
     *
     * @throws AssertionError if any fails; it tells of each that does
     * @throws LaminaException if there is no backend
     */
    public void check() {
        List<String> failures = onEachBackend(this::failures);
        if (!failures.isEmpty()) {
            throw new AssertionError(String.join("\n", failures));
        }
    }

    /** What is wrong on loaded backends, one text for each check that fails. */
    List<String> failures(List<Backend> backends) {
        LayerConformance given = subject.inputs().isEmpty() ? on(LayerInputs.find(subject)) : this;
        List<String> failures = new ArrayList<>();
        given.results(backends).stream()
                .filter(result -> !result.passed())
                .forEach(result -> failures.add(result.toString()));
        List<Engine> engines = backends.stream().map(Backend::engine).toList();
        LawCase kept = new LawCase(subject.name(), subject.layer(), given.subject.inputs(), laws);
        WIDTHS.forEach(width -> kept.failures(engines, width).forEach(failure -> failures.add(failure.toString())));
        backends.forEach(backend ->
                new LayerUse(given.subject, backend).failures().forEach(failure -> failures.add(failure.toString())));
        return failures;
    }

    private static <T> List<T> onEachBackend(Function<List<Backend>, List<T>> action) {
        List<Backend> backends = new ArrayList<>();
        try {
            for (String name : Backend.available()) {
                if (!name.equals(OracleProvider.NAME)) {
                    backends.add(Backend.load(name));
                }
            }
            if (backends.isEmpty()) {
                throw new LaminaException(
                        ErrorCode.BACKEND_CHOICE,
                        "conformance: no backend is on the class path, so nothing was checked. Add an adapter such as "
                                + "lamina-adapter-djl, or build with one of the profiles dl4j, djl, djl-mxnet, tf.");
            }
            return action.apply(backends);
        } finally {
            backends.forEach(Backend::close);
        }
    }
}
