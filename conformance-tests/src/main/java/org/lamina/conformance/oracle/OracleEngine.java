package org.lamina.conformance.oracle;

import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** The oracle as a backend: outputs are what an evaluation gives, rounded once to their dtype. */
final class OracleEngine implements Engine {
    @Override
    public BackendInfo info() {
        return OracleProvider.INFO;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return new OracleArray(array);
    }

    @Override
    public Executable compile(Graph graph) {
        return new OracleExecutable(graph);
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private static final class OracleExecutable implements Executable {
        private final Graph graph;
        private volatile boolean closed;

        OracleExecutable(Graph graph) {
            this.graph = graph;
        }

        @Override
        public List<NativeArray> run(List<NativeArray> inputs) {
            if (closed) {
                throw new LaminaException(
                        ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
            }
            List<HostArray> arrays = inputs.stream().map(NativeArray::download).toList();
            return Oracle.evaluate(graph, arrays).stream()
                    .<NativeArray>map(value -> new OracleArray(value.toHostArray()))
                    .toList();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class OracleArray implements NativeArray {
        private final HostArray array;
        private volatile boolean closed;

        OracleArray(HostArray array) {
            this.array = array;
        }

        @Override
        public TensorType type() {
            return array.type();
        }

        @Override
        public HostArray download() {
            if (closed) {
                throw new LaminaException(
                        ErrorCode.CLOSED,
                        "download: the array is closed, so its values are gone. Download it before closing it.");
            }
            return array;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
