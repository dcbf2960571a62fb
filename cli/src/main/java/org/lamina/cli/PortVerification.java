package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.conformance.Measurement;
import org.lamina.conformance.ModelTruth;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layers.Sequential;
import org.lamina.port.NativeModel;

/** Runs a ported model's source and target and compares them, layer by layer, with the oracle within the derived tolerance. */
final class PortVerification {
    private static final long SEED = 2024;
    private static final String GRADIENT = "grad.";

    private final Bundle model;
    private final @Nullable Layer architecture;
    private final ModelTruth truth;
    /** Who computed each run that Lamina did not. */
    private final List<String> witnesses = new ArrayList<>();

    /** For each run its outputs and gradients by name. */
    private final Map<String, Map<String, HostArray>> runs = new LinkedHashMap<>();

    private double worst;
    private String first = "";

    /**
     * Of a model that was ported.
     *
     * @param architecture of the source, if it was given
     * @param recorded what the model was compared with already, if anything
     */
    PortVerification(Bundle model, @Nullable Layer architecture, List<TensorType> inputs, @Nullable Path recorded) {
        if (recorded != null) {
            witnesses.add(recorded.toString());
        }
        this.model = model;
        this.architecture = architecture;
        this.truth = new ModelTruth(model.layer(), model.weights().tensors(), PortCommand.width(model), inputs, SEED);
    }

    /** Prints a row for each layer's output and gradient; true if all are within tolerance. */
    boolean compare(ModelPlace from, ModelPlace to, PrintWriter out) {
        run(from, true);
        run(to, false);
        Table table = new Table();
        List<String> heading = new ArrayList<>(List.of("layer", "compared"));
        heading.addAll(runs.keySet());
        table.row(heading);
        for (String name : truth.names()) {
            table.row(row(name));
        }
        table.print(out);
        runs.keySet().stream()
                .filter(run -> !witnesses.contains(run))
                .forEach(run -> out.println(run + ": read back by Lamina, no outside witness"));
        runs.forEach((run, values) -> {
            if (values.keySet().stream().noneMatch(name -> name.startsWith(GRADIENT))) {
                out.println(run + ": outputs alone, as the framework gives no gradients of this model");
            }
        });
        out.println(
                first.isEmpty()
                        ? String.format(
                                Locale.ROOT,
                                "source and target agree; the worst error takes %.0f %% of the derived tolerance",
                                100 * worst)
                        : "source and target differ, first in " + first);
        out.println(
                witnesses.isEmpty()
                        ? "outside witnesses: 0, so only the conversion's own consistency was checked; --expect compares with what the "
                                + "source framework computed"
                        : "outside witnesses: " + witnesses.size() + " (" + String.join(", ", witnesses) + ")");
        out.flush();
        return first.isEmpty();
    }

    private void run(ModelPlace place, boolean isSource) {
        Layer known = isSource ? architecture : null;
        Optional<NativeModel> own =
                truth.inputs().size() == 1 ? place.open().open(place.path(), known) : Optional.empty();
        if (own.isPresent()) {
            try (NativeModel framework = own.get()) {
                NativeModel.Results results = framework.run(truth.inputs().get(0), truth.cotangent());
                String heading = heading(place, " in " + framework.framework());
                if (framework.isWitness()) {
                    witnesses.add(heading);
                }
                runs.put(heading, named(place, known, results));
            }
            return;
        }
        Map<String, HostArray> weights = isSource
                ? model.weights().tensors()
                : place.open().read(place.path(), null).weights().tensors();
        List<String> backends = isSource ? List.of(Backends.REFERENCE) : Backends.chosenOrAll(null);
        for (String name : backends) {
            try (Backend backend = Backend.load(name)) {
                runs.put(heading(place, " on " + name), truth.run(backend, weights));
            }
        }
    }

    /** What a run is called: source and target may be of one format. */
    private String heading(ModelPlace place, String where) {
        String heading = place.format() + where;
        return runs.containsKey(heading) ? "new " + heading : heading;
    }

    /** By the names of this model. A framework may have other layers than were ported; then only the last outputs are the same. */
    private Map<String, HostArray> named(ModelPlace place, @Nullable Layer known, NativeModel.Results results) {
        Map<String, HostArray> named = new LinkedHashMap<>();
        if (count(place.open().read(place.path(), known).layer()) == count(model.layer())) {
            named.putAll(results.outputs());
            results.gradients().forEach((path, gradient) -> named.put(GRADIENT + path, gradient));
            return named;
        }
        String last = "";
        for (String name : truth.names()) {
            last = name.startsWith(GRADIENT) ? last : name;
        }
        String output = last;
        results.outputs().values().forEach(value -> named.put(output, value));
        HostArray byInput = results.gradients().get("x");
        if (byInput != null) {
            named.put(GRADIENT + "x", byInput);
        }
        return named;
    }

    /** The layers of a Sequential. */
    private static int count(Layer layer) {
        return layer instanceof Sequential sequence ? sequence.layers().size() : 0;
    }

    /** The worst error of each run in units of the tolerance. */
    private List<String> row(String name) {
        String layer = layer(name);
        List<String> row = new ArrayList<>(List.of(layer, name.startsWith(GRADIENT) ? name : "output"));
        runs.forEach((run, values) -> {
            HostArray value = values.get(name);
            if (value == null) {
                row.add("-");
                return;
            }
            Measurement measured = truth.measure(name, value);
            worst = Math.max(worst, measured.units());
            row.add(String.format(Locale.ROOT, "%.2f", measured.units())
                    + (measured.mismatch().isPresent() ? " wrong" : ""));
            if (first.isEmpty() && measured.mismatch().isPresent()) {
                first = layer + ", " + row.get(1) + ", " + run + ": "
                        + measured.mismatch().get();
            }
        });
        return row;
    }

    /** The layer of an output or of a parameter's gradient, with its type. */
    private String layer(String name) {
        String path = name.startsWith(GRADIENT) ? name.substring(GRADIENT.length()) : name;
        int end = path.indexOf('.') < 0 ? path.indexOf('#') : path.indexOf('.');
        String position = end < 0 ? path : path.substring(0, end);
        Layer child = child(position);
        if (child != null) {
            return position + " " + child.getClass().getSimpleName();
        }
        return name.startsWith(GRADIENT + "x")
                ? "input"
                : model.layer().getClass().getSimpleName();
    }

    private @Nullable Layer child(String position) {
        return model.layer() instanceof Sequential sequence
                        && !position.isEmpty()
                        && position.chars().allMatch(Character::isDigit)
                ? sequence.layers().get(Integer.parseInt(position))
                : null;
    }
}
