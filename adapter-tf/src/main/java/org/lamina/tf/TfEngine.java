package org.lamina.tf;

import java.util.EnumSet;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.tensorflow.TensorFlow;

/** TensorFlow in this JVM, on the CPU. */
final class TfEngine implements Engine {
    private final BackendInfo info = new BackendInfo(
            TfProvider.NAME, "TensorFlow Java", TensorFlow.version(), "cpu", EnumSet.allOf(DType.class));

    @Override
    public BackendInfo info() {
        return info;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return TfArray.of(array);
    }

    @Override
    public Executable compile(Graph graph) {
        return TfRun.compile(graph);
    }

    /** TensorFlow stays loaded for as long as the JVM lives; nothing else is held. */
    @Override
    public void close() {}
}
