package org.lamina.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.conformance.oracle.OracleProvider;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/**
 * A layer on some inputs, and the laws that it keeps there. A law is checked as one graph, the difference of its two sides, which
 * must be 0 but for the rounding that both sides do.
 *
 * @param name what reports call it
 * @param layer makes the layer, anew for each use
 * @param inputs floating ones are cast to the dtype of a check
 * @param laws that it keeps
 * @param rule of SPEC.md that asks for them
 */
public record LawCase(
        String name, Supplier<? extends Layer> layer, List<HostArray> inputs, List<Law> laws, String rule) {
    private static final String DECLARED = "7.8";
    private static final long SEED = 2024;
    private static final String OWN = "layer.";
    private static final String OTHER = "other.";

    /** Copies. */
    public LawCase {
        inputs = List.copyOf(inputs);
        laws = List.copyOf(laws);
    }

    /** Laws that an author declares. */
    public LawCase(String name, Supplier<? extends Layer> layer, List<HostArray> inputs, List<Law> laws) {
        this(name, layer, inputs, laws, DECLARED);
    }

    /** What must be 0 on every backend, with its tolerances. */
    private record Difference(Law law, DType dtype, Graph graph, List<HostArray> operands, List<Expected> zeros) {}

    /** Checks all laws in a dtype on engines, and on the oracle first. @return nothing, or one failure for each that is broken */
    public List<Failure> failures(List<Engine> engines, DType dtype) {
        List<Failure> failures = new ArrayList<>();
        for (Law law : laws) {
            Difference difference = difference(law, dtype);
            try (Engine oracle = new OracleProvider().open()) {
                check(oracle, difference, failures);
            }
            engines.stream()
                    .filter(engine -> engine.info().dtypes().contains(dtype))
                    .forEach(engine -> check(engine, difference, failures));
        }
        return failures;
    }

    /** Checks all laws in both float widths on every backend of the class path. @throws AssertionError if any is broken */
    public void check() {
        List<Engine> engines = new ArrayList<>();
        try {
            for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
                if (provider.isPresent() && !provider.name().equals(OracleProvider.NAME)) {
                    engines.add(provider.open());
                }
            }
            String broken = Stream.of(DType.FLOAT32, DType.FLOAT64)
                    .flatMap(dtype -> failures(engines, dtype).stream())
                    .map(Failure::toString)
                    .collect(Collectors.joining("\n"));
            if (!broken.isEmpty()) {
                throw new AssertionError(broken);
            }
        } finally {
            engines.forEach(Engine::close);
        }
    }

    private void check(Engine engine, Difference difference, List<Failure> failures) {
        List<HostArray> got;
        try {
            got = EngineRun.of(engine, difference.graph(), difference.operands());
        } catch (RuntimeException | LinkageError e) {
            failures.add(failure(engine, difference, "", "failed: " + e, ""));
            return;
        }
        for (int i = 0; i < got.size(); i++) {
            String where = "left side less right side, output " + i;
            Measurement.of(difference.zeros().get(i), got.get(i)).mismatch().ifPresent(mismatch -> {
                String first = first(engine, difference);
                failures.add(failure(engine, difference, where, mismatch.toString(), first));
            });
        }
    }

    private Failure failure(Engine engine, Difference difference, String where, String what, String first) {
        String subject = name + " " + difference.dtype() + ", law " + difference.law();
        return Failure.of(Specification.load(), rule, engine.info(), subject, where, what, first, SEED);
    }

    private Difference difference(Law law, DType dtype) {
        List<HostArray> given = inputs.stream()
                .map(input -> input.dtype().isFloating() ? input.cast(dtype) : input)
                .toList();
        TracedLayer traced = Trace.of(new LawLayer(law, layer), dtype, LayerCase.types(given), false);
        List<Node> nodes = new ArrayList<>(traced.inputs());
        List<HostArray> operands = new ArrayList<>(given);
        Map<String, HostArray> values = values(law, traced);
        traced.declared().forEach((path, node) -> {
            nodes.add(node);
            operands.add(values.getOrDefault(path, HostArray.full(node.type(), 0)));
        });
        nodes.addAll(traced.randoms());
        operands.addAll(traced.draws(given, 0, 0));
        Graph graph = Graph.of(nodes, traced.outputs());
        return new Difference(law, dtype, graph, operands, zeros(law, dtype, graph, operands));
    }

    private static List<Expected> zeros(Law law, DType dtype, Graph graph, List<HostArray> operands) {
        ToDoubleFunction<DType> bound = law.bound();
        if (bound != null) {
            double number = bound.applyAsDouble(dtype);
            return graph.outputs().stream()
                    .map(output -> Expected.zero(output.type(), number))
                    .toList();
        }
        return Tolerance.derive(graph, operands, SEED).stream()
                .map(expected -> expected.ofZero(law.exact()))
                .toList();
    }

    /** The first node that differs, where there is a tolerance for each. */
    private static String first(Engine engine, Difference difference) {
        return difference.law().bound() == null
                ? Divergence.describe(engine, difference.graph(), difference.operands(), SEED)
                : "";
    }

    /** Drawn values, moved a little so that none of them is 0 or 1 by its initializer. */
    private static Map<String, HostArray> values(Law law, TracedLayer traced) {
        Map<String, HostArray> own = new LinkedHashMap<>();
        traced.declarations().forEach((path, declaration) -> {
            if (!path.startsWith(OWN)) {
                return;
            }
            Generator generator = Generator.of(SEED).split("moved").split(path);
            HostArray drawn = declaration.draw(SEED);
            own.put(
                    path.substring(OWN.length()),
                    drawn.dtype().isFloating()
                            ? HostArray.generate(drawn.type(), i -> drawn.doubleAt(i) + generator.uniform(i) / 4)
                            : drawn);
        });
        Map<String, HostArray> values = new LinkedHashMap<>();
        own.forEach((path, value) -> values.put(OWN + path, value));
        if (law.weights() != null) {
            law.weights().apply(own).forEach((path, value) -> values.put(OTHER + path, value));
        }
        return values;
    }
}
