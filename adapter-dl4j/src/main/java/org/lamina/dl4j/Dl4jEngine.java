package org.lamina.dl4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.graph.Fusion;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.EagerExecutable;
import org.lamina.spi.Engine;
import org.lamina.spi.Executable;
import org.lamina.spi.LongSumsExecutable;
import org.lamina.spi.NativeArray;
import org.lamina.spi.NativeDerivatives;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J in this JVM, on the CPU. */
final class Dl4jEngine implements Engine {
    private final BackendInfo info;
    private final Dl4jPool pool = new Dl4jPool();
    private final Queue<Dl4jImmediate> unused = new ConcurrentLinkedQueue<>();

    Dl4jEngine() {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        info = new BackendInfo(
                Dl4jProvider.NAME, "Deeplearning4j, ND4J " + backend, version(), "cpu", EnumSet.allOf(DType.class));
    }

    /** ND4J's jars say their version nowhere else. */
    private static String version() {
        try (InputStream stream =
                Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-native/pom.properties")) {
            Properties properties = new Properties();
            if (stream != null) {
                properties.load(stream);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public BackendInfo info() {
        return info;
    }

    @Override
    public NativeArray upload(HostArray array) {
        return Dl4jArray.of(array, pool);
    }

    @Override
    public Executable compile(Graph graph) {
        return LongSumsExecutable.compile(graph, new Dl4jKernels(), this::whole);
    }

    /** Compiles a graph with sums as they are. */
    Executable whole(Graph graph) {
        Dl4jRanks.require(graph);
        Graph fused = Fusion.apply(graph, new Dl4jKernels());
        return new Dl4jExecutable(
                fused, new EagerExecutable<>(fused, this::run), inputs -> new Dl4jRecorder(pool, inputs));
    }

    private Dl4jRun run() {
        Dl4jImmediate executor = unused.poll();
        return new Dl4jRun(executor == null ? new Dl4jImmediate(pool, unused) : executor);
    }

    @Override
    public Optional<NativeDerivatives> nativeDerivatives() {
        return Optional.of(new Dl4jNativeDerivatives());
    }

    @Override
    public long openHandles() {
        return Dl4jArray.open() + Dl4jRun.open();
    }

    /** ND4J stays loaded for as long as the JVM lives. */
    @Override
    public void close() {
        unused.forEach(Dl4jImmediate::close);
        pool.close();
    }
}
