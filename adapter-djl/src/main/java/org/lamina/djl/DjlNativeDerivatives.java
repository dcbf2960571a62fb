package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.NativeDerivatives;

/** What DJL's gradient collector gives when it records the lowered ops. */
final class DjlNativeDerivatives implements NativeDerivatives {
    /** DJL allows one collector in a process. */
    static final ReentrantLock COLLECTORS = new ReentrantLock();

    private final ai.djl.engine.Engine engine;
    private final Supplier<DjlRun> runs;

    DjlNativeDerivatives(ai.djl.engine.Engine engine, Supplier<DjlRun> runs) {
        this.engine = engine;
        this.runs = runs;
    }

    @Override
    public List<HostArray> pullback(Graph graph, List<HostArray> inputs, List<HostArray> cotangents, List<Integer> by) {
        COLLECTORS.lock();
        try (DjlRun run = runs.get()) {
            List<NDArray> given = upload(run, inputs);
            List<NDArray> seeds = upload(run, cotangents);
            by.forEach(i -> given.get(i).setRequiresGradient(true));
            try (GradientCollector collector = engine.newGradientCollector()) {
                collector.backward(total(outputs(run, graph, given), seeds));
            }
            return by.stream().map(i -> gradient(given.get(i), inputs.get(i))).toList();
        } catch (RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend " + engine.getEngineName() + " of DJL could not differentiate the graph: " + e.getMessage()
                            + ". There is no native gradient. Use Lamina's own.",
                    e);
        } finally {
            COLLECTORS.unlock();
        }
    }

    private static List<NDArray> upload(DjlRun run, List<HostArray> arrays) {
        return arrays.stream()
                .map(array -> DjlArray.upload(run.manager(), array))
                .toList();
    }

    private static List<NDArray> outputs(DjlRun run, Graph graph, List<NDArray> given) {
        Map<Node, NDArray> values = new HashMap<>();
        for (int i = 0; i < given.size(); i++) {
            values.put(graph.inputs().get(i), given.get(i));
        }
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                List<NDArray> operands = new ArrayList<>();
                node.operands().forEach(operand -> operands.add(Objects.requireNonNull(values.get(operand))));
                values.put(node, node.op().lower(run.lowering(), node.type(), operands));
            }
        }
        return graph.outputs().stream()
                .map(node -> Objects.requireNonNull(values.get(node)))
                .toList();
    }

    /** DJL seeds ones only, so the cotangents are part of what is differentiated. */
    private static NDArray total(List<NDArray> outputs, List<NDArray> seeds) {
        return IntStream.range(0, outputs.size())
                .mapToObj(i -> outputs.get(i).mul(seeds.get(i)).sum())
                .reduce(NDArray::add)
                .orElseThrow();
    }

    /** What no path leads to has a gradient of float32 zeros, whatever its own dtype. */
    private static HostArray gradient(NDArray x, HostArray value) {
        NDArray gradient = x.getGradient().toType(x.getDataType(), false);
        return value.size() == 0 ? value : DjlArray.read(gradient, bytes -> HostArray.of(value.type(), bytes));
    }
}
