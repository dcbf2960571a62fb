package org.lamina.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
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
    private final Lifetimes lifetimes;
    private final Supplier<EagerRun<T>> runs;
    private final List<NativeArray> constants;
    private volatile boolean closed;

    /**
     * Compiles a graph.
     *
     * @param runs opens the run of one call
     */
    public EagerExecutable(Graph graph, Supplier<EagerRun<T>> runs) {
        this.graph = graph;
        this.lifetimes = Lifetimes.of(graph);
        this.runs = runs;
        try (EagerRun<T> run = runs.get()) {
            this.constants = fold(run);
        }
    }

    private List<NativeArray> fold(EagerRun<T> run) {
        Values<T> values = new Values<>(graph.nodes().size());
        for (int i = 0; i < graph.nodes().size(); i++) {
            if (lifetimes.isConstant(i)) {
                values.set(i, lower(run, values, i, Shape.BATCH));
            }
        }
        List<NativeArray> kept = new ArrayList<>();
        for (int i : lifetimes.constants()) {
            kept.add(run.keep(run.copy(values.get(i)), graph.nodes().get(i).type()));
        }
        return kept;
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
        }
        long batch = graph.batch(inputs.stream().map(NativeArray::type).toList());
        try (EagerRun<T> run = runs.get()) {
            Values<T> values = new Values<>(graph.nodes().size());
            give(run, values, inputs);
            for (int i = 0; i < graph.nodes().size(); i++) {
                if (!lifetimes.isGiven(i)) {
                    values.set(i, lower(run, values, i, batch));
                }
                for (int last : lifetimes.releasedAfter(i)) {
                    if (!isOverwritten(values, last, i)) {
                        release(run, values, last);
                    }
                }
            }
            return outputs(run, values, batch);
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
            for (Node operand : graph.nodes().get(index).operands()) {
                if (values.get(lifetimes.position(operand)) == value) {
                    return;
                }
            }
        }
        run.release(value);
    }

    private T lower(EagerRun<T> run, Values<T> values, int index, long batch) {
        Node node = graph.nodes().get(index);
        List<T> operands = new ArrayList<>(node.operands().size());
        for (Node operand : node.operands()) {
            operands.add(values.get(lifetimes.position(operand)));
        }
        int overwritten = lifetimes.overwritten(index);
        Lowering<T> lowering = overwritten < 0 ? run.lowering() : run.overwriting(overwritten);
        return node.op().lower(lowering, node.type().bind(batch), operands);
    }

    private List<NativeArray> outputs(EagerRun<T> run, Values<T> values, long batch) {
        List<NativeArray> outputs = new ArrayList<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            Node node = graph.outputs().get(i);
            TensorType type = node.type().bind(batch);
            T value = values.get(lifetimes.position(node));
            outputs.add(run.keep(lifetimes.mustCopy(i) ? run.copy(value) : value, type));
        }
        return outputs;
    }

    @Override
    public void close() {
        closed = true;
        constants.forEach(NativeArray::close);
    }
}
