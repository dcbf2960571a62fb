package org.lamina.conformance;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.lamina.HostArray;
import org.lamina.conformance.Measurement.Mismatch;
import org.lamina.graph.Graph;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;

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
                        EngineRun.of(engine, executable, primitive.calls().get(call));
                compare(engine, primitive, graph, call, outputs, errors).forEach(failures::add);
            }
        } catch (RuntimeException | LinkageError e) {
            errors.add("failed");
            failures.add(failure(engine, primitive, "", "failed: " + e, ""));
        }
        return new PrimitiveResult(primitive, engine.info().name(), errors.units(), errors.ulps(), failures);
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
            return List.of(failure(engine, primitive, "", what, ""));
        }
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            errors.add("output " + i, expected.get(i), outputs.get(i));
            Optional<Mismatch> mismatch =
                    Measurement.of(expected.get(i), outputs.get(i)).mismatch();
            String where = "call " + call + ", output " + i + ", "
                    + graph.outputs().get(i).op();
            if (mismatch.isPresent()) {
                String first = failures.isEmpty() ? first(engine, primitive, graph, call) : "";
                failures.add(failure(engine, primitive, where, mismatch.get().toString(), first));
            }
        }
        return failures;
    }

    /** Looked for once in a call, as it takes another run. */
    private static String first(Engine engine, PrimitiveCase primitive, Graph graph, int call) {
        return Divergence.hasInnerNodes(graph)
                ? Divergence.describe(engine, graph, primitive.calls().get(call), seed(primitive))
                : "";
    }

    private static long seed(PrimitiveCase primitive) {
        return primitive.toString().hashCode();
    }

    /** Worked out once for all backends. */
    private List<List<Expected>> expected(PrimitiveCase primitive, Graph graph) {
        return expectations.computeIfAbsent(primitive, key -> {
            long seed = seed(key);
            return key.calls().stream()
                    .map(inputs -> key.bits() ? Tolerance.none(graph, inputs) : Tolerance.derive(graph, inputs, seed))
                    .toList();
        });
    }

    private Failure failure(Engine engine, PrimitiveCase primitive, String where, String what, String first) {
        return Failure.of(
                specification,
                primitive.rule(),
                engine.info(),
                primitive.toString(),
                where,
                what,
                first,
                seed(primitive));
    }
}
