package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;

/** The checks of one layer in one dtype on one backend. */
final class LayerRun {
    /** A power of two. */
    private static final double FACTOR = 8;

    private final LayerTruth truth;
    private final Backend backend;
    private final List<LayerResult> results = new ArrayList<>();

    LayerRun(LayerTruth truth, Backend backend) {
        this.truth = truth;
        this.backend = backend;
    }

    /**
     * All checks.
     *
     * @param smaller the same layer on fewer rows, null if its input is no batch
     */
    List<LayerResult> all(@Nullable LayerTruth smaller) {
        return withModel((model, outputs) -> {
            numbers(model, outputs);
            if (smaller != null) {
                check(LayerCheck.OTHER_BATCH, smaller, of -> of.outputs(model.predict(of.inputs())));
            }
            check(LayerCheck.CLONE, of -> copied(model, outputs));
            check(LayerCheck.SAVE_LOAD, of -> loaded(model, outputs));
            if (rowsAreIndependent()) {
                check(LayerCheck.INDEPENDENT_ROWS, of -> firstRows(model, outputs));
            }
            rows(model, outputs);
            truth.degree().ifPresent(degree -> check(LayerCheck.SCALING, of -> scaled(model, outputs, degree)));
        });
    }

    /** The checks of outputs and gradients that depend on what the inputs are made of. */
    List<LayerResult> numbers() {
        return withModel((model, outputs) -> {
            numbers(model, outputs);
            rows(model, outputs);
        });
    }

    private void numbers(Model model, List<HostArray> outputs) {
        check(LayerCheck.FORWARD, of -> of.outputs(outputs));
        check(LayerCheck.GRADIENT, of -> gradient(of, model));
    }

    private void rows(Model model, List<HostArray> outputs) {
        if (rowsAreIndependent()) {
            check(LayerCheck.CUT_BATCH, of -> of.equal(outputs, inPieces(model)));
            check(LayerCheck.PERMUTED_ROWS, of -> of.equal(outputs, permuted(model)));
        }
    }

    private boolean rowsAreIndependent() {
        return truth.subject().independentRows()
                && truth.subject().withFewerRows().isPresent();
    }

    private interface Action {
        void run(Model model, List<HostArray> outputs);
    }

    private List<LayerResult> withModel(Action action) {
        try (Model model = model(truth.subject().values(truth.dtype()))) {
            action.run(model, model.predict(truth.inputs()));
        } catch (RuntimeException | LinkageError e) {
            check(LayerCheck.FORWARD, of -> new LayerErrors().add("failed: " + e));
        }
        return results;
    }

    private Model model(Map<String, HostArray> values) {
        return backend.model(truth.subject().layer().get(), truth.dtype())
                .initialize(LayerCase.types(truth.inputs()), values);
    }

    private void check(LayerCheck check, Function<LayerTruth, LayerErrors> action) {
        check(check, truth, action);
    }

    private void check(LayerCheck check, LayerTruth of, Function<LayerTruth, LayerErrors> action) {
        LayerErrors errors = errors(of, action);
        if (!errors.failure().isEmpty() && errors.isMeasured()) {
            boolean known = of.withKnownErrors(backend.info().name())
                    .filter(other -> errors(other, action).failure().isEmpty())
                    .isPresent();
            errors = known ? errors.allowed() : errors;
        }
        results.add(truth.subject().result(backend.info(), truth.dtype(), check, errors, first(check, of, errors)));
    }

    private static LayerErrors errors(LayerTruth of, Function<LayerTruth, LayerErrors> action) {
        try {
            return action.apply(of);
        } catch (RuntimeException | LinkageError e) {
            return new LayerErrors().add("failed: " + e);
        }
    }

    /** The first node that differs, where numbers are compared with the oracle's and some are wrong. */
    private String first(LayerCheck check, LayerTruth of, LayerErrors errors) {
        if (errors.failure().isEmpty() || !errors.isMeasured()) {
            return "";
        }
        return switch (check) {
            case FORWARD, OTHER_BATCH -> of.firstDifference(backend.engine(), false);
            case GRADIENT -> of.firstDifference(backend.engine(), true);
            default -> "";
        };
    }

    private static LayerErrors gradient(LayerTruth of, Model model) {
        Gradients gradients = model.gradients(of.inputs(), of.cotangents());
        return of.gradients(gradients, of.outputs(gradients.outputs()));
    }

    private LayerErrors copied(Model model, List<HostArray> outputs) {
        try (Model copy = model.copyTo(backend)) {
            return equal(outputs, copy.predict(truth.inputs()));
        }
    }

    private LayerErrors loaded(Model model, List<HostArray> outputs) {
        try (Model loaded = model(SavedWeights.saveAndLoad(model))) {
            return equal(outputs, loaded.predict(truth.inputs()));
        }
    }

    private LayerErrors firstRows(Model model, List<HostArray> outputs) {
        List<HostArray> others = truth.inputs().stream().map(Rows::repeatFirst).toList();
        List<HostArray> first =
                model.predict(others).stream().map(y -> Rows.first(y, 1)).toList();
        return equal(outputs.stream().map(y -> Rows.first(y, 1)).toList(), first);
    }

    /** In two pieces of different size, so that a kernel that is chosen by the number of rows may change. */
    private List<HostArray> inPieces(Model model) {
        List<HostArray> inputs = truth.inputs();
        long count = (inputs.get(0).shape().extent(0) + 2) / 3;
        List<HostArray> first =
                model.predict(inputs.stream().map(x -> Rows.first(x, count)).toList());
        List<HostArray> rest =
                model.predict(inputs.stream().map(x -> Rows.after(x, count)).toList());
        return IntStream.range(0, first.size())
                .mapToObj(i -> Rows.join(first.get(i), rest.get(i)))
                .toList();
    }

    /** The outputs of the rows in reverse order, in the order of the rows. */
    private List<HostArray> permuted(Model model) {
        List<HostArray> reversed = truth.inputs().stream().map(Rows::reverse).toList();
        return model.predict(reversed).stream().map(Rows::reverse).toList();
    }

    private LayerErrors scaled(Model model, List<HostArray> outputs, int degree) {
        List<HostArray> inputs =
                truth.inputs().stream().map(x -> times(x, FACTOR)).toList();
        double factor = Math.pow(FACTOR, degree);
        return equal(outputs.stream().map(y -> times(y, factor)).toList(), model.predict(inputs));
    }

    private static HostArray times(HostArray array, double factor) {
        return array.dtype().isFloating() ? HostArray.generate(array.type(), i -> array.doubleAt(i) * factor) : array;
    }

    private static LayerErrors equal(List<HostArray> expected, List<HostArray> got) {
        LayerErrors errors = new LayerErrors();
        for (int i = 0; i < expected.size(); i++) {
            if (got.size() != expected.size() || !expected.get(i).equals(got.get(i))) {
                return errors.add("output " + i + " is not equal to the last bit");
            }
        }
        return errors;
    }
}
