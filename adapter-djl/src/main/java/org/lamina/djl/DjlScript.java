package org.lamina.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.spi.BoundTypes;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;

/** A graph as a script of PyTorch's own, which one call runs whole. May be run by many threads at once. */
final class DjlScript implements Executable {
    private final Graph graph;
    private final BoundTypes types;
    private final int[] inputs;
    private final List<NativeArray> constants;
    private final PtSymbolBlock script;
    private final long number;
    private int runs;
    private boolean closed;

    /**
     * Compiles a graph.
     *
     * @param constants computes a graph without inputs
     */
    DjlScript(Graph graph, NDManager manager, Constants constants) {
        DjlScriptText text = new DjlScriptText(graph);
        this.graph = graph;
        this.types = new BoundTypes(graph.outputs());
        this.inputs = text.inputs();
        this.script = DjlScriptArchive.load((PtNDManager) manager, text.toString());
        this.number = Objects.requireNonNull(script.getHandle());
        this.constants = text.constants().isEmpty() ? List.of() : compute(constants, text.constants());
    }

    private List<NativeArray> compute(Constants source, List<Node> nodes) {
        try {
            return source.compute(Graph.of(List.of(), nodes));
        } catch (RuntimeException | Error e) {
            script.close();
            throw e;
        }
    }

    /** Where values that depend on constants alone come from. */
    interface Constants {
        List<NativeArray> compute(Graph graph);
    }

    @Override
    public List<NativeArray> run(List<NativeArray> arrays) {
        begin();
        try {
            return own(types.at(graph.batch(arrays, NativeArray::type)), compute(arrays));
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "run: the compiled graph is closed, so it cannot run. Compile it again.");
        }
        runs++;
    }

    private synchronized void end() {
        runs--;
        freeUnused();
    }

    /** The numbers of the results. All arrays are held until they are there. */
    private long[] compute(List<NativeArray> arrays) {
        long[] given = new long[inputs.length + constants.size()];
        int acquired = 0;
        try {
            for (; acquired < given.length; acquired++) {
                given[acquired] = given(arrays, acquired).acquire();
            }
            return DjlTorch.run(number, given);
        } finally {
            while (--acquired >= 0) {
                given(arrays, acquired).release();
            }
        }
    }

    private DjlScriptArray given(List<NativeArray> arrays, int place) {
        return (DjlScriptArray)
                (place < inputs.length ? arrays.get(inputs[place]) : constants.get(place - inputs.length));
    }

    private static List<NativeArray> own(List<TensorType> types, long[] numbers) {
        List<NativeArray> outputs = new ArrayList<>(numbers.length);
        for (int i = 0; i < numbers.length; i++) {
            outputs.add(new DjlScriptArray(types.get(i), numbers[i]));
        }
        return outputs;
    }

    private void freeUnused() {
        if (closed && runs == 0) {
            script.close();
            constants.forEach(NativeArray::close);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            freeUnused();
        }
    }
}
