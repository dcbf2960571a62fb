package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.graph.Fusion;
import org.lamina.graph.Graph;
import org.lamina.graph.NativeCall;
import org.lamina.graph.Node;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.EagerExecutable;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.LongSumsExecutable;
import org.lamina.spi.NativeArray;
import org.lamina.spi.NativeDerivatives;

/** One of DJL's engines in this JVM, on the CPU. */
final class DjlEngine implements Engine {
    private final BackendInfo info;
    private final NDManager manager;
    private final NativeDerivatives derivatives;
    private final boolean mxnet;

    DjlEngine(String name, String engineName) {
        // DJL looks for its telemetry address and for newer natives when an engine loads; neither is wanted.
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.offline", "true");
        ai.djl.engine.Engine engine = ai.djl.engine.Engine.getEngine(engineName);
        this.manager = engine.newBaseManager(ai.djl.Device.cpu());
        this.mxnet = engineName.equals(DjlProvider.MXNET);
        if (!mxnet) {
            DjlTorch.logErrorsAlone();
        }
        this.derivatives = new DjlNativeDerivatives(engine, this::run);
        this.info = new BackendInfo(
                name,
                "DJL, " + engineName + " engine",
                ai.djl.engine.Engine.getDjlVersion() + ", " + engineName + " " + engine.getVersion(),
                "cpu",
                EnumSet.allOf(DType.class));
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    NDManager manager() {
        return manager;
    }

    @Override
    public BackendInfo info() {
        return info;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return mxnet ? DjlSymbolArray.of(array) : DjlScriptArray.of(array);
    }

    @Override
    public Executable compile(Graph graph) {
        return mxnet
                ? LongSumsExecutable.compile(
                        graph, new DjlSymbolKernels(), whole -> DjlSymbolRun.compile(whole, this::opByOp))
                : LongSumsExecutable.compile(graph, new DjlKernels(), this::script);
    }

    private Executable script(Graph graph) {
        Graph fused = Fusion.apply(graph, new DjlKernels());
        return fused.nodes().stream().anyMatch(DjlEngine::isBlock)
                ? opByOp(graph)
                : new DjlScript(fused, manager, constants -> {
                    try (Executable once = opByOp(constants)) {
                        return once.run(List.of());
                    }
                });
    }

    /** What runs a graph without a program. */
    Executable opByOp(Graph graph) {
        return new EagerExecutable<NDArray>(graph, this::run);
    }

    /** True for a user's block, which PyTorch's scripts cannot call. */
    private static boolean isBlock(Node node) {
        return node.op() instanceof NativeCall call && !(call.function() instanceof DjlKernels.Kernel);
    }

    private DjlRun run() {
        return new DjlRun(info.name(), manager.newSubManager(), mxnet);
    }

    @Override
    public Optional<NativeDerivatives> nativeDerivatives() {
        return Optional.of(derivatives);
    }

    @Override
    public long openHandles() {
        return DjlTensor.open() + DjlRun.open() + manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        manager.close();
    }
}
