package org.lamina.conformance;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.lamina.HostArray;
import org.lamina.conformance.Measurement.Mismatch;
import org.lamina.conformance.Specification.Rule;
import org.lamina.graph.Graph;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Runs primitives on a backend and compares every output with the oracle. For one thread. */
public final class PrimitiveConformance {
    private final Specification specification = Specification.load();
    private final IdentityHashMap<PrimitiveCase, List<List<Expected>>> expectations = new IdentityHashMap<>();

    /**
     * Runs a case on a backend.
     *
     * @return what is wrong: nothing, or one failure for each call and output that is
     */
    public List<Failure> run(Engine engine, PrimitiveCase primitive) {
        return result(engine, primitive).failures();
    }

    /** Runs a case on a backend and measures how far off it is. */
    public PrimitiveResult result(Engine engine, PrimitiveCase primitive) {
        Graph graph = primitive.graph();
        List<Failure> failures = new ArrayList<>();
        LayerErrors errors = new LayerErrors();
        try (Executable executable = engine.compile(graph)) {
            for (int call = 0; call < primitive.calls().size(); call++) {
                List<HostArray> outputs =
                        call(engine, executable, primitive.calls().get(call));
                compare(engine, primitive, graph, call, outputs, errors).forEach(failures::add);
            }
        } catch (RuntimeException | LinkageError e) {
            errors.add("failed");
            failures.add(failure(engine, primitive, "", "failed: " + e));
        }
        return new PrimitiveResult(primitive, engine.info().name(), errors.units(), errors.ulps(), failures);
    }

    private static List<HostArray> call(Engine engine, Executable executable, List<HostArray> inputs) {
        List<NativeArray> open = new ArrayList<>();
        try {
            List<NativeArray> operands = new ArrayList<>();
            for (HostArray input : inputs) {
                NativeArray operand = engine.upload(input);
                open.add(operand);
                operands.add(operand);
            }
            List<NativeArray> results = executable.run(operands);
            open.addAll(results);
            return results.stream().map(NativeArray::download).toList();
        } finally {
            open.forEach(NativeArray::close);
        }
    }

    private List<Failure> compare(
            Engine engine,
            PrimitiveCase primitive,
            Graph graph,
            int call,
            List<HostArray> outputs,
            LayerErrors errors) {
        List<Expected> expected = expected(primitive, graph).get(call);
        if (outputs.size() != expected.size()) {
            errors.add("too few or too many outputs");
            String what = "gave " + outputs.size() + " outputs, expected " + expected.size();
            return List.of(failure(engine, primitive, "", what));
        }
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            errors.add("output " + i, expected.get(i), outputs.get(i));
            Optional<Mismatch> mismatch =
                    Measurement.of(expected.get(i), outputs.get(i)).mismatch();
            String where = "call " + call + ", output " + i + ", "
                    + graph.outputs().get(i).op();
            mismatch.ifPresent(m -> failures.add(failure(engine, primitive, where, m.toString())));
        }
        return failures;
    }

    /** Worked out once for all backends. */
    private List<List<Expected>> expected(PrimitiveCase primitive, Graph graph) {
        return expectations.computeIfAbsent(primitive, key -> {
            long seed = key.toString().hashCode();
            return key.calls().stream()
                    .map(inputs -> key.bits() ? Tolerance.none(graph, inputs) : Tolerance.derive(graph, inputs, seed))
                    .toList();
        });
    }

    private Failure failure(Engine engine, PrimitiveCase primitive, String where, String what) {
        Optional<Rule> rule = Optional.ofNullable(specification.rules().get(primitive.rule()));
        return new Failure(
                primitive.rule(),
                rule.map(Rule::intent).orElse(""),
                engine.info().name() + " " + engine.info().version(),
                primitive.toString(),
                where,
                what);
    }
}
