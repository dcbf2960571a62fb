package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.conformance.Expected;
import org.lamina.conformance.Measurement;
import org.lamina.conformance.Tolerance;
import org.lamina.graph.Differentiation;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.io.Bundle;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;

/**
 * What the framework that a model comes from computed itself, as somebody recorded it: x or x0, x1, ... with y or y0, y1, ..., and
 * perhaps gradients of the sum of (output times dy), {@code grad.x} and {@code grad.<parameter>}.
 */
final class RecordedNumbers {
    private static final long SEED = 2024;

    private final InputFile file;

    RecordedNumbers(Path file) {
        this.file = InputFile.read(file);
    }

    /** The types of the inputs with floats of a width. */
    List<TensorType> inputs(DType width) {
        return file.in(width).types();
    }

    /**
     * Compares a model with them, within the tolerance derived for its width.
     *
     * @return true if it agrees
     */
    boolean agrees(Bundle model, DType width, PrintWriter out) {
        InputFile input = file.in(width);
        Map<String, Expected> expected = expected(model, input, width);
        requireKnown(expected.keySet());
        Table table = new Table();
        table.row(List.of("recorded", "worst error in units of the tolerance"));
        boolean agree = true;
        for (Map.Entry<String, Expected> entry : expected.entrySet()) {
            HostArray recorded = file.all().get(entry.getKey());
            if (recorded == null) {
                continue;
            }
            requireNumbers(entry.getKey(), recorded);
            Measurement measured =
                    Measurement.of(entry.getValue(), Width.cast(recorded, width, file.file() + ": " + entry.getKey()));
            boolean wrong = measured.mismatch().isPresent();
            agree &= !wrong;
            table.row(List.of(
                    entry.getKey(),
                    wrong
                            ? measured.mismatch().get().toString()
                            : String.format(Locale.ROOT, "%.2f", measured.units())));
        }
        table.print(out);
        out.flush();
        return agree;
    }

    private Map<String, Expected> expected(Bundle model, InputFile input, DType width) {
        TracedLayer traced = Trace.of(model.layer(), width, input.types(), false);
        List<Node> given = new ArrayList<>(traced.inputs());
        List<HostArray> operands = new ArrayList<>(input.values());
        List<Node> by = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < traced.outputs().size(); i++) {
            names.add(traced.outputs().size() == 1 ? "y" : "y" + i);
        }
        int position = 0;
        for (String name : input.inputs().keySet()) {
            differentiate(traced.inputs().get(position++), "grad." + name, by, names);
        }
        traced.declared().forEach((path, node) -> {
            given.add(node);
            operands.add(Objects.requireNonNull(model.weights().tensors().get(path), path));
            differentiate(node, "grad." + path, by, names);
        });
        given.addAll(traced.randoms());
        operands.addAll(traced.draws(input.values(), 0, 0));
        List<Node> results = new ArrayList<>(traced.outputs());
        results.addAll(gradients(traced, model, input, width, by, given, operands));
        List<Expected> values = Tolerance.derive(Graph.of(given, results), operands, SEED);
        Map<String, Expected> expected = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            expected.put(names.get(i), values.get(i));
        }
        return expected;
    }

    private static void differentiate(Node node, String name, List<Node> by, List<String> names) {
        if (node.type().dtype().isFloating()) {
            by.add(node);
            names.add(name);
        }
    }

    private static List<Node> gradients(
            TracedLayer traced,
            Bundle model,
            InputFile input,
            DType width,
            List<Node> by,
            List<Node> given,
            List<HostArray> operands) {
        List<Node> floating = traced.outputs().stream()
                .filter(node -> node.type().dtype().isFloating())
                .toList();
        List<HostArray> cotangents = Cotangents.of(input, model.layer(), width);
        List<Node> weights = new ArrayList<>();
        for (int i = 0; i < floating.size(); i++) {
            Node weight = traced.graph().input("dy" + i, floating.get(i).type());
            weights.add(weight);
            given.add(weight);
            operands.add(cotangents.get(i));
        }
        return Differentiation.pullback(traced.graph(), floating, weights, by);
    }

    /** NaN agrees with NaN, and nothing with nothing, whatever the weights are. */
    private void requireNumbers(String name, HostArray recorded) {
        if (IntStream.range(0, recorded.size()).noneMatch(i -> Double.isFinite(recorded.doubleAt(i)))) {
            throw new LaminaException(
                    ErrorCode.EMPTY,
                    file.file() + ": " + name + " is " + recorded.type()
                            + " without a finite number, so agreement would say nothing; nothing was ported. Record numbers.");
        }
    }

    /** Nothing that was recorded is passed over, and without an output nothing would be compared. */
    private void requireKnown(Set<String> names) {
        Set<String> unknown = new TreeSet<>(file.all().keySet());
        unknown.removeAll(names);
        unknown.removeAll(file.inputs().keySet());
        unknown.removeIf(name -> name.matches("dy(0|[1-9][0-9]*)?"));
        if (!unknown.isEmpty() || file.all().keySet().stream().noneMatch(name -> name.matches("y(0|[1-9][0-9]*)?"))) {
            throw new LaminaException(
                    ErrorCode.NAME,
                    file.file() + ": "
                            + (unknown.isEmpty() ? "it has no output" : "the model has nothing called " + unknown)
                            + ", so nothing was ported. Record x, y and perhaps dy with grad.x and grad.PARAMETER; this model has "
                            + names + ".");
        }
    }
}
