package org.lamina.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendFailures;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** A graph as a script of PyTorch's own, which one call runs whole. May be run by many threads at once. */
final class DjlScript implements Executable {
    private final Graph graph;
    private final PtNDManager manager;
    private final DjlScriptText text;
    private final PtSymbolBlock script;
    private final List<NativeArray> constants;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Compiles a graph.
     *
     * @param constants computes a graph without inputs
     */
    DjlScript(Graph graph, NDManager manager, Constants constants) {
        this.graph = graph;
        this.manager = (PtNDManager) manager;
        this.text = new DjlScriptText(graph);
        this.script = DjlScriptArchive.load(this.manager, text.toString());
        this.constants =
                text.constants().isEmpty() ? List.of() : constants.compute(Graph.of(List.of(), text.constants()));
    }

    /** Where values that depend on constants alone come from. */
    interface Constants {
        List<NativeArray> compute(Graph graph);
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        if (closed.get()) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
        }
        long batch = graph.batch(inputs, NativeArray::type);
        try (IValue given = IValue.listFrom(given(inputs));
                IValue results = script.forward(given)) {
            return own(results.toTensorArray(manager), batch);
        } catch (EngineException e) {
            throw BackendFailures.working("djl", e);
        }
    }

    private PtNDArray[] given(List<NativeArray> inputs) {
        PtNDArray[] given = new PtNDArray[text.inputs().length + constants.size()];
        int next = 0;
        for (int input : text.inputs()) {
            given[next++] = (PtNDArray) ((DjlArray) inputs.get(input)).array();
        }
        for (NativeArray constant : constants) {
            given[next++] = (PtNDArray) ((DjlArray) constant).array();
        }
        return given;
    }

    private List<NativeArray> own(PtNDArray[] results, long batch) {
        List<NativeArray> outputs = new ArrayList<>(results.length);
        for (int i = 0; i < results.length; i++) {
            TensorType type = graph.outputs().get(i).type().bind(batch);
            outputs.add(new DjlArray(type, results[i]));
        }
        return outputs;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            script.close();
            constants.forEach(NativeArray::close);
        }
    }
}
