package org.lamina.spi;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;

/**
 * A graph with a tensor of more axes than every backend takes. What a framework says where it fails then is about memory or values, or
 * about an op of its own; here the tensor is named. May be run by many threads at once.
 */
public final class ManyAxes implements Executable {
    /** Every backend takes so many axes in every op. */
    private static final int TAKEN = 6;

    private final String backend;
    private final Node widest;
    private final Executable executable;

    private ManyAxes(Engine engine, Node widest, Graph graph) {
        this.backend = engine.info().name();
        this.widest = widest;
        this.executable = naming(() -> engine.compile(graph));
    }

    /**
     * Compiles a graph.
     *
     * @throws LaminaException what the engine throws; where it fails and the graph has a tensor of more than 6 axes, BACKEND_FAILURE
     *     that names it
     */
    public static Executable compile(Engine engine, Graph graph) {
        return graph.nodes().stream()
                .max(Comparator.comparingInt(ManyAxes::rank))
                .filter(node -> rank(node) > TAKEN)
                .<Executable>map(widest -> new ManyAxes(engine, widest, graph))
                .orElseGet(() -> engine.compile(graph));
    }

    private static int rank(Node node) {
        return node.type().shape().rank();
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        return naming(() -> executable.run(inputs));
    }

    private <R> R naming(Supplier<R> work) {
        try {
            return work.get();
        } catch (LaminaException e) {
            throw e.code() == ErrorCode.BACKEND_FAILURE ? named(e) : e;
        }
    }

    private LaminaException named(LaminaException failure) {
        String place = widest.location().isEmpty() ? "" : " In " + widest.location() + ".";
        return new LaminaException(
                ErrorCode.BACKEND_FAILURE,
                "backend " + backend + ": " + widest.label() + ", " + widest.type() + ", has " + rank(widest)
                        + " axes, and every backend takes " + TAKEN
                        + ", but more only in some ops. There is no result, and weights are as they were. Reshape it to fewer axes."
                        + place + " What failed: " + failure.getMessage(),
                failure);
    }

    @Override
    public void close() {
        executable.close();
    }
}
