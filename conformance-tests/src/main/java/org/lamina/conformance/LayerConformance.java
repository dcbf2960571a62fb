package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.spi.Engine;

/**
 * Checks a layer on backends, in float32 and float64, against the oracle: outputs and gradients on inputs of several kinds, a
 * batch of another size, a batch in pieces, a copy, saving and loading; its laws; and its use from several threads and for long.
 * For a layer of one's own:
 *
 * <pre>{@code
 * @Test
 * void isTheSameOnEveryBackend() {
 *     LayerConformance.of(new MyLayer(3), Shape.of(4, 8)).check();
 * }
 * }</pre>
 *
 * <p>Where only the shape of an input is given, or none, the layer is run on each {@link InputKind}; arrays that are given are
 * used as they are. What is a matter of bits, of threads or of memory is checked on the first kind alone.
 *
 * <p>Immutable: each method that configures gives another one.
 */
public final class LayerConformance {
    private static final long SEED = 2024;

    private final LayerCase subject;
    private final List<InputKind> kinds;
    private final List<Law> laws;
    private final DoubleConsumer watch;

    private LayerConformance(LayerCase subject, List<InputKind> kinds, List<Law> laws, DoubleConsumer watch) {
        this.subject = subject;
        this.kinds = kinds;
        this.laws = laws;
        this.watch = watch;
    }

    /** A layer, named as its class, on each kind of inputs, one input for each shape. */
    public static LayerConformance of(Layer layer, Shape... inputs) {
        return of(() -> layer).on(inputs);
    }

    /** A layer, named as its class, on inputs whose shape is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(Supplier<? extends Layer> layer) {
        return of(layer.get().getClass().getSimpleName(), layer);
    }

    /** A layer, on inputs whose shape is found by trying. {@code layer} makes a new one each time. */
    public static LayerConformance of(String name, Supplier<? extends Layer> layer) {
        return new LayerConformance(LayerCase.of(name, layer, SEED), InputKind.ALL, List.of(), work -> {});
    }

    private LayerConformance with(LayerCase other) {
        return new LayerConformance(other, kinds, laws, watch);
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(HostArray... inputs) {
        return on(List.of(inputs));
    }

    /** The same layer on these inputs. Floating ones are cast to the dtype of each check. */
    public LayerConformance on(List<HostArray> inputs) {
        return with(subject.withInputs(inputs)).kinds(InputKind.GIVEN);
    }

    /** The same layer on each kind of inputs, one input for each shape. */
    public LayerConformance on(Shape... inputs) {
        return on(Stream.of(inputs)
                .map(shape -> new TensorType(DType.FLOAT64, shape))
                .toArray(TensorType[]::new));
    }

    /** The same layer on each kind of inputs, one input for each type; integers are zeros and ones in turn. */
    public LayerConformance on(TensorType... inputs) {
        List<HostArray> values = Stream.of(inputs)
                .map(type -> HostArray.generate(type, i -> i % 2))
                .toList();
        return new LayerConformance(subject.withInputs(values), InputKind.ALL, laws, watch);
    }

    /**
     * The same layer on these kinds of inputs, of the shapes of those that it has; integers stay as they are.
     *
     * @throws IllegalArgumentException if there is none
     */
    public LayerConformance kinds(InputKind... kinds) {
        if (kinds.length == 0) {
            throw new IllegalArgumentException(name() + ": no kind of inputs, so nothing would be checked. Give one.");
        }
        return new LayerConformance(subject, List.of(kinds), laws, watch);
    }

    /** With these weights by path; those that are missing are drawn, as all are for null. */
    public LayerConformance weights(@Nullable Map<String, HostArray> weights) {
        return with(subject.withWeights(weights));
    }

    /** With another seed for weights, cotangents and inputs that are not given. */
    public LayerConformance seed(long seed) {
        return with(subject.withSeed(seed));
    }

    /** Declares that a row of the output depends on the same row of the input alone. */
    public LayerConformance independentRows() {
        return with(subject.withIndependentRows());
    }

    /** Declares laws that the layer keeps, besides those declared before. */
    public LayerConformance laws(Law... more) {
        return new LayerConformance(
                subject, kinds, Stream.concat(laws.stream(), Stream.of(more)).toList(), watch);
    }

    /**
     * The same, watched: {@code watch} takes a share of {@link #seconds} whenever such a part of the work is done, from several threads.
     */
    public LayerConformance watched(DoubleConsumer watch) {
        return new LayerConformance(subject, kinds, laws, watch);
    }

    /** About how many seconds of one processor the tolerances of all checks take. */
    public double seconds() {
        return checks().seconds();
    }

    /** What weights, cotangents and inputs that are not given are drawn with. */
    public long seed() {
        return subject.seed();
    }

    /** What reports call the layer. */
    public String name() {
        return subject.name();
    }

    /** The layer on the first of its kinds of inputs. */
    LayerCase subject() {
        return shaped().on(kinds.get(0));
    }

    /** The layer with inputs of some values, found by trying where there are none, and with weights drawn once for all checks. */
    private LayerCase shaped() {
        LayerCase shaped = subject.inputs().isEmpty() ? subject.withInputs(LayerInputs.find(subject)) : subject;
        return shaped.withWeights(shaped.values(DType.FLOAT64));
    }

    /** The layer for a framework's own differentiation, on a few rows if its input is a batch. */
    public NativeCase nativeCase(DType dtype) {
        LayerCase given = subject();
        return new LayerGraph(given.withFewerRows().orElse(given), dtype).nativeCase(subject.name());
    }

    /**
     * Runs all checks on loaded backends; those that need no backend are reported under {@code reference}. A backend that does
     * not take a float width gives no results in it.
     */
    public List<LayerResult> results(List<Backend> backends) {
        return checks().results(backends);
    }

    /** Outputs and gradients alone, on each kind of inputs. */
    List<LayerResult> numbers(List<Backend> backends) {
        return checks().numbers(backends);
    }

    private LayerChecks checks() {
        return new LayerChecks(shaped(), kinds, watch);
    }

    /**
     * Runs all checks on every backend of the class path.
     *
     * @throws LaminaException if there is none, or the system property {@code lamina.conformance.backends}, names with commas
     *     between them, names others than those that are there
     */
    public List<LayerResult> results() {
        return onEachBackend(this::results);
    }

    /**
     * Runs all checks on every backend of the class path, from several threads and for long too.
     *
     * @throws AssertionError if any fails; it tells of each that does
     * @throws LaminaException if there is no backend, or the system property {@code lamina.conformance.backends}, names with
     *     commas between them, names others than those that are there
     */
    public void check() {
        List<String> failures = onEachBackend(this::failures);
        if (!failures.isEmpty()) {
            throw new AssertionError(String.join("\n", failures));
        }
    }

    /** What is wrong on loaded backends, one text for each check that fails. */
    List<String> failures(List<Backend> backends) {
        LayerCase first = subject();
        List<String> failures = new ArrayList<>();
        results(backends).stream()
                .filter(result -> !result.passed())
                .forEach(result -> failures.add(result.toString()));
        List<Engine> engines = backends.stream().map(Backend::engine).toList();
        LawCase kept = new LawCase(subject.name(), subject.layer(), first.inputs(), laws);
        LayerChecks.WIDTHS.forEach(
                width -> kept.failures(engines, width).forEach(failure -> failures.add(failure.toString())));
        backends.forEach(backend ->
                new LayerUse(first, backend).failures().forEach(failure -> failures.add(failure.toString())));
        return failures;
    }

    private static <T> List<T> onEachBackend(Function<List<Backend>, List<T>> action) {
        List<Backend> backends = new ArrayList<>();
        try {
            BackendsUnderTest.names().forEach(name -> backends.add(Backend.load(name)));
            return action.apply(backends);
        } finally {
            backends.forEach(Backend::close);
        }
    }
}
