package org.lamina.spi;

import java.util.List;
import java.util.function.Function;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Kernels;
import org.lamina.graph.LongSums;

/**
 * A graph whose sums are as long as its batch: it runs in one form for every batch size, and where that would make a sum too long for
 * the framework's kernels in a form of that size, of which the last few are kept. May be run by many threads at once.
 */
public final class LongSumsExecutable implements Executable {
    /** Each form may keep memory for large batches. */
    private static final int MOST = 4;

    private final Graph graph;
    private final LongSums sums;
    private final Executable open;
    private final FormCache<Executable> forms;
    private volatile boolean closed;

    private LongSumsExecutable(Graph graph, LongSums sums, Function<Graph, Executable> compiler) {
        this.graph = graph;
        this.sums = sums;
        this.open = compiler.apply(sums.graph());
        this.forms = new FormCache<>(types -> compiler.apply(sums.at(batch(types))), MOST);
    }

    /**
     * Compiles a graph with its long sums in blocks.
     *
     * @param kernels say which sums are long
     * @param compiler compiles a graph as it is
     */
    public static Executable compile(Graph graph, Kernels kernels, Function<Graph, Executable> compiler) {
        LongSums sums = new LongSums(graph, kernels);
        return sums.dependsOnBatch() ? new LongSumsExecutable(graph, sums, compiler) : compiler.apply(sums.graph());
    }

    private long batch(List<TensorType> types) {
        long batch = graph.batch(types, Function.identity());
        if (batch == Shape.BATCH) {
            // The cache asks for a form for every batch size first.
            throw new LaminaException(ErrorCode.BATCH_OPEN, "compile: this form is for one batch size. Give it.");
        }
        return batch;
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        // A closed one says so itself.
        if (closed || !sums.isLongAt(graph.batch(inputs, NativeArray::type))) {
            return open.run(inputs);
        }
        try (FormCache<Executable>.Lease lease = forms.acquire(inputs, NativeArray::type)) {
            return lease.form().run(inputs);
        }
    }

    @Override
    public void close() {
        closed = true;
        forms.close();
        open.close();
    }
}
