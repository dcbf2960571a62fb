package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.conformance.oracle.OracleProvider;

/**
 * Runs the checks of a layer on backends, in both float widths.
 *
 * @param shaped the layer on inputs of the shapes of those of each kind
 * @param kinds what its inputs are made of, one after the other
 * @param watch takes the {@link Work} that is done
 */
record LayerChecks(LayerCase shaped, List<InputKind> kinds, DoubleConsumer watch) {
    static final List<DType> WIDTHS = List.of(DType.FLOAT32, DType.FLOAT64);

    /** About how many seconds of one processor the tolerances of all checks take. */
    double seconds() {
        return kinds.size() * seconds(shaped)
                + shaped.withFewerRows().map(LayerChecks::seconds).orElse(0.0);
    }

    private static double seconds(LayerCase subject) {
        return WIDTHS.stream()
                .mapToDouble(width -> Work.of(new LayerGraph(subject, width).graph()))
                .sum();
    }

    /** All checks on the first kind of inputs, those of numbers on the others. */
    List<LayerResult> results(List<Backend> backends) {
        LayerCase first = shaped.on(kinds.get(0));
        @Nullable LayerCase fewer = first.withFewerRows().orElse(null);
        Ahead<List<LayerResult>> slope = new Ahead<>(() -> slope(fewer == null ? first : fewer));
        List<LayerTruth> smaller = fewer == null ? List.of() : truths(fewer);
        List<LayerResult> results = new ArrayList<>();
        onEachKind(truths -> results.addAll(runs(truths, backends, (truth, backend) -> {
            LayerRun run = new LayerRun(truth, backend);
            boolean again = truth.subject().kind() != kinds.get(0);
            LayerTruth other = smaller.isEmpty() ? null : smaller.get(WIDTHS.indexOf(truth.dtype()));
            return again ? run.numbers() : run.all(other);
        })));
        results.addAll(slope.get());
        return results;
    }

    /** Outputs and gradients alone, on each kind of inputs. */
    List<LayerResult> numbers(List<Backend> backends) {
        List<LayerResult> results = new ArrayList<>();
        onEachKind(truths ->
                results.addAll(runs(truths, backends, (truth, backend) -> new LayerRun(truth, backend).numbers())));
        return results;
    }

    /** The next kind's truths are worked out while backends run on those of one. */
    private void onEachKind(Consumer<List<LayerTruth>> action) {
        Ahead<List<LayerTruth>> next = new Ahead<>(() -> truths(shaped.on(kinds.get(0))));
        for (int i = 0; i < kinds.size(); i++) {
            List<LayerTruth> truths = next.get();
            if (i + 1 < kinds.size()) {
                InputKind kind = kinds.get(i + 1);
                next = new Ahead<>(() -> truths(shaped.on(kind)));
            }
            action.accept(truths);
        }
    }

    private static List<LayerResult> runs(
            List<LayerTruth> truths, List<Backend> backends, BiFunction<LayerTruth, Backend, List<LayerResult>> run) {
        return truths.stream()
                .flatMap(truth -> backends.stream()
                        .filter(backend -> backend.info().dtypes().contains(truth.dtype()))
                        .flatMap(backend -> run.apply(truth, backend).stream()))
                .toList();
    }

    /** One after the other, as the samples of each take all cores, and memory. */
    private List<LayerTruth> truths(LayerCase subject) {
        return WIDTHS.stream()
                .map(width -> new LayerTruth(subject, width, watch))
                .toList();
    }

    private static List<LayerResult> slope(LayerCase subject) {
        return new Slope(subject)
                        .errors()
                        .map(errors -> subject.result(OracleProvider.INFO, DType.FLOAT64, LayerCheck.SLOPE, errors, ""))
                        .stream()
                        .toList();
    }
}
