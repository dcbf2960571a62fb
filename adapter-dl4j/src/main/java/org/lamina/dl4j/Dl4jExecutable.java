package org.lamina.dl4j;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lamina.graph.Graph;
import org.lamina.spi.BackendFailures;
import org.lamina.spi.EagerExecutable;
import org.lamina.spi.Executable;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a graph op by op, and from a batch size's second time on as a program. May be run by many threads at once. */
final class Dl4jExecutable implements Executable {
    private final Graph graph;
    private final EagerExecutable<INDArray> opByOp;
    private final Function<List<NativeArray>, Dl4jRecorder> recorders;
    private final Dl4jPrograms programs = new Dl4jPrograms();
    /** False once a run was seen that other elements may have go otherwise. */
    private volatile boolean repeatable = true;

    /** @param recorders of runs with inputs that all differ */
    Dl4jExecutable(Graph graph, EagerExecutable<INDArray> opByOp, Function<List<NativeArray>, Dl4jRecorder> recorders) {
        this.graph = graph;
        this.opByOp = opByOp;
        this.recorders = recorders;
    }

    @Override
    public List<NativeArray> run(List<NativeArray> inputs) {
        long batch = graph.batch(inputs, NativeArray::type);
        if (!areContiguous(inputs)) {
            return opByOp.run(inputs);
        }
        Dl4jProgram program = programs.take(batch);
        if (program != null) {
            return run(program, batch, inputs);
        }
        return mayBegin(batch, inputs) ? record(batch, inputs) : opByOp.run(inputs);
    }

    private static boolean areContiguous(List<NativeArray> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            if (!((Dl4jArray) inputs.get(i)).isContiguous()) {
                return false;
            }
        }
        return true;
    }

    private boolean mayBegin(long batch, List<NativeArray> inputs) {
        return repeatable && batch != 0 && programs.comesAgain(batch) && new HashSet<>(inputs).size() == inputs.size();
    }

    private List<NativeArray> run(Dl4jProgram program, long batch, List<NativeArray> inputs) {
        try {
            return program.fits(inputs)
                    ? BackendFailures.reporting(Dl4jProvider.NAME, () -> program.run(inputs))
                    : opByOp.run(inputs);
        } finally {
            programs.give(batch, program);
        }
    }

    private List<NativeArray> record(long batch, List<NativeArray> inputs) {
        List<NativeArray> outputs;
        Optional<Dl4jProgram> program;
        try (Dl4jRecorder recorder = recorders.apply(inputs)) {
            try (Dl4jRun run = new Dl4jRun(recorder)) {
                outputs = opByOp.run(run, inputs);
            }
            program = recorder.program();
        }
        // Not before the recorder has left its arrays, as another thread may begin with it at once.
        program.ifPresentOrElse(whole -> programs.give(batch, whole), () -> repeatable = false);
        return outputs;
    }

    @Override
    public void close() {
        programs.close();
        opByOp.close();
    }
}
