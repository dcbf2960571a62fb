package org.lamina.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Lowering;
import org.lamina.graph.Node;

/**
 * Runs a graph op by op, freeing each value after its last use. Parts that depend on constants alone are computed once, when
 * the graph is compiled.
 *
 * @param <T> the framework's tensor
 */
public final class EagerExecutable<T> implements Executable {
    private final Graph graph;
    private final List<Node> nodes;
    private final Lifetimes lifetimes;
    /** For each node the positions of its operands. */
    private final int[][] operands;

    private final Supplier<EagerRun<T>> runs;
    private final List<NativeArray> constants;
    private final BoundTypes types;
    private volatile boolean closed;

    /**
     * Compiles a graph.
     *
     * @param runs opens the run of one call
     */
    public EagerExecutable(Graph graph, Supplier<EagerRun<T>> runs) {
        this.graph = graph;
        this.nodes = graph.nodes();
        this.lifetimes = Lifetimes.of(graph);
        this.operands = nodes.stream()
                .map(node ->
                        node.operands().stream().mapToInt(lifetimes::position).toArray())
                .toArray(int[][]::new);
        this.types = new BoundTypes(nodes);
        this.runs = runs;
        try (EagerRun<T> run = runs.get()) {
            this.constants = BackendFailures.reporting(run.backend(), () -> fold(run));
        }
    }

    private List<NativeArray> fold(EagerRun<T> run) {
        Values<T> values = new Values<>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            if (lifetimes.isConstant(i)) {
                values.set(i, lower(run, values, i, nodes.get(i).type()));
            }
        }
        return closedOnFailure(kept -> {
            for (int i : lifetimes.constants()) {
                kept.add(run.keep(run.copy(values.get(i)), nodes.get(i).type()));
            }
        });
    }

    /** What was kept is no run's any more, so nobody else would close it. */
    private static List<NativeArray> closedOnFailure(Consumer<List<NativeArray>> keeping) {
        List<NativeArray> kept = new ArrayList<>();
        try {
            keeping.accept(kept);
            return kept;
        } catch (RuntimeException | Error e) {
            kept.forEach(NativeArray::close);
            throw e;
        }
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        requireOpen();
        try (EagerRun<T> run = runs.get()) {
            return run(run, inputs);
        }
    }

    /** Runs the graph as {@link #run(List)} does, in a run of the caller's, who closes it. */
    public List<NativeArray> run(EagerRun<T> run, List<NativeArray> inputs) {
        requireOpen();
        List<TensorType> bound = types.at(graph.batch(inputs, NativeArray::type));
        return BackendFailures.reporting(run.backend(), () -> run(run, inputs, bound));
    }

    private void requireOpen() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
        }
    }

    private List<NativeArray> run(EagerRun<T> run, List<NativeArray> inputs, List<TensorType> bound) {
        Values<T> values = new Values<>(nodes.size());
        give(run, values, inputs);
        for (int i = 0; i < nodes.size(); i++) {
            if (!lifetimes.isGiven(i)) {
                values.set(i, lower(run, values, i, bound.get(i)));
            }
            releaseAfter(run, values, i);
        }
        return closedOnFailure(outputs -> keepOutputs(run, values, bound, outputs));
    }

    private void releaseAfter(EagerRun<T> run, Values<T> values, int index) {
        List<Integer> released = lifetimes.releasedAfter(index);
        for (int i = 0; i < released.size(); i++) {
            int last = released.get(i);
            if (!isOverwritten(values, last, index)) {
                release(run, values, last);
            }
        }
    }

    private void give(EagerRun<T> run, Values<T> values, List<NativeArray> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            int position = lifetimes.position(graph.inputs().get(i));
            if (position >= 0) {
                values.set(position, run.unwrap(inputs.get(i)));
            }
        }
        for (int i = 0; i < constants.size(); i++) {
            values.set(lifetimes.constants().get(i), run.unwrap(constants.get(i)));
        }
    }

    /** True if an operand's memory became its user's. */
    private boolean isOverwritten(Values<T> values, int operand, int user) {
        return lifetimes.overwritten(user) >= 0 && operand != user && values.get(operand) == values.get(user);
    }

    /** What is its operand itself, as a composite's value is, is freed with the operand, which others may still need. */
    private void release(EagerRun<T> run, Values<T> values, int index) {
        T value = values.get(index);
        if (lifetimes.overwritten(index) < 0) {
            for (int operand : operands[index]) {
                if (values.get(operand) == value) {
                    return;
                }
            }
        }
        run.release(value);
    }

    private T lower(EagerRun<T> run, Values<T> values, int index, TensorType type) {
        List<T> given = new ArrayList<>(operands[index].length);
        for (int operand : operands[index]) {
            given.add(values.get(operand));
        }
        int overwritten = lifetimes.overwritten(index);
        Lowering<T> lowering = overwritten < 0 ? run.lowering() : run.overwriting(overwritten);
        return nodes.get(index).op().lower(lowering, type, given);
    }

    private void keepOutputs(EagerRun<T> run, Values<T> values, List<TensorType> bound, List<NativeArray> outputs) {
        for (int i = 0; i < graph.outputs().size(); i++) {
            int position = lifetimes.position(graph.outputs().get(i));
            T value = values.get(position);
            outputs.add(run.keep(lifetimes.mustCopy(i) ? run.copy(value) : value, bound.get(position)));
        }
    }

    @Override
    public void close() {
        closed = true;
        constants.forEach(NativeArray::close);
    }
}
