package org.lamina.examples;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** An engine that counts how often the graphs of another one run. */
final class CountingEngine implements Engine {
    private final String name;
    private final Engine original;
    private final AtomicLong runs = new AtomicLong();

    CountingEngine(String name, Engine original) {
        this.name = name;
        this.original = original;
    }

    /** How often graphs ran. */
    long runs() {
        return runs.get();
    }

    @Override
    public BackendInfo info() {
        BackendInfo info = original.info();
        return new BackendInfo(name, info.framework(), info.version(), info.device(), info.dtypes());
    }

    @Override
    public NativeArray upload(HostArray array) {
        return original.upload(array);
    }

    @Override
    public Executable compile(Graph graph) {
        Executable executable = original.compile(graph);
        return new Executable() {
            @Override
            public List<NativeArray> run(List<NativeArray> inputs) {
                runs.incrementAndGet();
                return executable.run(inputs);
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
