package org.lamina.conformance;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/**
 * An engine that computes rightly and mishandles arrays.
 *
 * @param runs what each compiled graph does in place of a run
 * @param uploads what becomes of an uploaded array
 */
record DisturbedEngine(Engine original, Supplier<Run> runs, Function<NativeArray, NativeArray> uploads)
        implements Engine {
    /** Runs a compiled graph in a way of its own. */
    @FunctionalInterface
    interface Run {
        List<NativeArray> run(Executable original, List<NativeArray> inputs);
    }

    static DisturbedEngine running(Engine original, Supplier<Run> runs) {
        return new DisturbedEngine(original, runs, array -> array);
    }

    @Override
    public BackendInfo info() {
        return original.info();
    }

    @Override
    public NativeArray upload(HostArray array) {
        return uploads.apply(original.upload(array));
    }

    @Override
    public Executable compile(Graph graph) {
        Executable executable = original.compile(graph);
        Run own = runs.get();
        return new Executable() {
            @Override
            public List<NativeArray> run(List<NativeArray> inputs) {
                return own.run(executable, inputs);
            }

            @Override
            public void close() {
                executable.close();
            }
        };
    }

    @Override
    public void close() {
        original.close();
    }
}
