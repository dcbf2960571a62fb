package org.lamina.tf;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.BoundTypes;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** A compiled graph: one TensorFlow graph, built once for every batch size, and one session that runs it. */
final class TfRun implements Executable {
    /**
     * No rewriting of the graph: it makes x / c a product by 1 / c and (x c) c a product by c c, which is NaN where x is
     * infinite or zero. And a run works in its caller's thread, not in a pool: a small graph then needs a third of the time, and
     * large products are split among threads as before.
     */
    static final ConfigProto CONFIGURATION = ConfigProto.newBuilder()
            .setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .setInterOpParallelismThreads(-1)
            .build();

    private static final AtomicLong OPEN = new AtomicLong();

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Graph source;
    private final BoundTypes types;
    private final @Nullable TfSession session;
    private final List<TfArray> constants;
    private boolean closed;

    /**
     * Takes a session over, and constants that it is given after the inputs.
     *
     * @param session null for a graph without outputs
     */
    TfRun(Graph source, @Nullable TfSession session, List<TfArray> constants) {
        this.source = source;
        this.types = new BoundTypes(source.outputs());
        this.session = session;
        this.constants = List.copyOf(constants);
        OPEN.incrementAndGet();
    }

    /** How many are not closed yet. */
    static long open() {
        return OPEN.get();
    }

    /**
     * Compiles a graph.
     *
     * @param known the values of some nodes that depend on constants alone, owned by the run from now on
     * @throws LaminaException if TensorFlow does not take the graph
     */
    static TfRun compile(Graph source, Map<Node, TfArray> known) {
        try (TfCompilation compilation = new TfCompilation(source, known)) {
            return compilation.finish();
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failure("did not take the graph: " + e.getMessage(), e);
        }
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new LaminaException(
                        ErrorCode.CLOSED,
                        "backend tf: the compiled graph was closed and cannot run. Compile it again.");
            }
            List<TensorType> bound = types.at(source.batch(inputs, NativeArray::type));
            return session == null ? List.of() : run(session, inputs, bound);
        } finally {
            lock.readLock().unlock();
        }
    }

    private List<NativeArray> run(TfSession session, List<NativeArray> inputs, List<TensorType> bound) {
        try {
            return session.run(inputs, constants, bound);
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failure("failed while it ran: " + e.getMessage(), e);
        }
    }

    /** TensorFlow's exceptions have no class in common below this one. */
    private static LaminaException failure(String what, RuntimeException cause) {
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend tf: TensorFlow " + what + ". There is no result. Check the values given, indices above all.",
                cause);
    }

    /** Waits for runs in flight. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                OPEN.decrementAndGet();
                if (session != null) {
                    session.close();
                }
                constants.forEach(TfArray::close);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
