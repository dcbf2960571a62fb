package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** An engine that gives something else than another one. */
record MutantEngine(Engine original, UnaryOperator<HostArray> outputs, BackendInfo info) implements Engine {
    MutantEngine(Engine original, UnaryOperator<HostArray> outputs) {
        this(original, outputs, original.info());
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
                List<NativeArray> changed = new ArrayList<>();
                for (NativeArray output : executable.run(inputs)) {
                    changed.add(new Changed(output, outputs.apply(output.download())));
                }
                return changed;
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

    private record Changed(NativeArray original, HostArray download) implements NativeArray {
        @Override
        public TensorType type() {
            return download.type();
        }

        @Override
        public void close() {
            original.close();
        }
    }
}
