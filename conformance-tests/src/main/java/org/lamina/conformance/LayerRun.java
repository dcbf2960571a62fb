package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;

/** The checks of one layer in one dtype on one backend. */
final class LayerRun {
    private final LayerTruth truth;
    private final @Nullable LayerTruth smaller;
    private final Backend backend;
    private final List<LayerResult> results = new ArrayList<>();

    /** @param smaller the same layer on fewer rows, null if its input is no batch */
    LayerRun(LayerTruth truth, @Nullable LayerTruth smaller, Backend backend) {
        this.truth = truth;
        this.smaller = smaller;
        this.backend = backend;
    }

    List<LayerResult> results() {
        LayerCase subject = truth.subject();
        try (Model model = model(subject.values(truth.dtype()))) {
            List<HostArray> outputs = model.predict(truth.inputs());
            check(LayerCheck.FORWARD, () -> truth.outputs(outputs));
            check(LayerCheck.GRADIENT, () -> gradient(model));
            if (smaller != null) {
                check(LayerCheck.OTHER_BATCH, () -> smaller.outputs(model.predict(smaller.inputs())));
            }
            check(LayerCheck.CLONE, () -> copied(model, outputs));
            check(LayerCheck.SAVE_LOAD, () -> loaded(model, outputs));
            if (subject.independentRows() && smaller != null) {
                check(LayerCheck.INDEPENDENT_ROWS, () -> firstRows(model, outputs));
            }
        } catch (RuntimeException | LinkageError e) {
            check(LayerCheck.FORWARD, () -> new LayerErrors().add("failed: " + e));
        }
        return results;
    }

    private Model model(Map<String, HostArray> values) {
        return backend.model(truth.subject().layer().get(), truth.dtype())
                .initialize(LayerCase.types(truth.inputs()), values);
    }

    private void check(LayerCheck check, Supplier<LayerErrors> action) {
        LayerErrors errors;
        try {
            errors = action.get();
        } catch (RuntimeException | LinkageError e) {
            errors = new LayerErrors().add("failed: " + e);
        }
        results.add(truth.subject().result(backend.info(), truth.dtype(), check, errors, first(check, errors)));
    }

    /** The first node that differs, where numbers are compared with the oracle's and some are wrong. */
    private String first(LayerCheck check, LayerErrors errors) {
        if (errors.failure().isEmpty() || !errors.isMeasured()) {
            return "";
        }
        return switch (check) {
            case FORWARD -> truth.firstDifference(backend.engine(), false);
            case GRADIENT -> truth.firstDifference(backend.engine(), true);
            case OTHER_BATCH -> smaller == null ? "" : smaller.firstDifference(backend.engine(), false);
            default -> "";
        };
    }

    private LayerErrors gradient(Model model) {
        Gradients gradients = model.gradients(truth.inputs(), truth.cotangents());
        return truth.gradients(gradients, truth.outputs(gradients.outputs()));
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
