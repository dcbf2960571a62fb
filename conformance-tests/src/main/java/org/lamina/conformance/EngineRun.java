package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** Runs graphs on an engine from host arrays to host arrays. */
final class EngineRun {
    private EngineRun() {}

    /** Compiles a graph and runs it once. */
    static List<HostArray> of(Engine engine, Graph graph, List<HostArray> inputs) {
        try (Executable executable = engine.compile(graph)) {
            return of(engine, executable, inputs);
        }
    }

    /** Runs a compiled graph. */
    static List<HostArray> of(Engine engine, Executable executable, List<HostArray> inputs) {
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
}
