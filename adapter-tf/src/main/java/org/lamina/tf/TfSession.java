package org.lamina.tf;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_CloseSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteSessionOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteStatus;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphImportGraphDef;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphOperationByName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSessionOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewStatus;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionRun;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_SessionOptions;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.proto.ConfigProto;

/**
 * A copy of a finished graph and a session that runs it, through TensorFlow's C interface: which tensors are given and which
 * are asked for is written into native memory once, where Java's own session writes it anew at each run.
 */
final class TfSession implements AutoCloseable {
    private final TF_Graph graph = TF_NewGraph();
    private final TF_Session session;
    private final TF_Output given;
    private final TF_Output asked;
    private final int inputs;
    private final int outputs;
    private final Deque<Call> idle = new ArrayDeque<>();

    /** The native memory of one call at a time. */
    private record Call(Tensors inputs, Tensors outputs, TF_Status status) {
        void close() {
            inputs.numbers.close();
            outputs.numbers.close();
            TF_DeleteStatus(status);
        }
    }

    /** Tensors' numbers, which TensorFlow reads as pointers. */
    private record Tensors(LongPointer numbers, PointerPointer<TF_Tensor> pointers) {
        static Tensors of(int count) {
            LongPointer numbers = new LongPointer(Math.max(1, count));
            return new Tensors(numbers, new PointerPointer<>(numbers));
        }
    }

    /**
     * Copies a graph.
     *
     * @param given the tensors that a run is given, in order
     * @param asked the tensors that a run gives, at least one
     * @throws RuntimeException if TensorFlow does not take the graph
     */
    TfSession(Graph source, ConfigProto configuration, List<Output<?>> given, List<Output<?>> asked) {
        TF_Status status = TF_NewStatus();
        try {
            copy(source, status);
            this.session = open(configuration, status);
        } catch (RuntimeException e) {
            TF_DeleteGraph(graph);
            throw e;
        } finally {
            TF_DeleteStatus(status);
        }
        this.given = ends(given);
        this.asked = ends(asked);
        this.inputs = given.size();
        this.outputs = asked.size();
    }

    private void copy(Graph source, TF_Status status) {
        TF_ImportGraphDefOptions options = TF_NewImportGraphDefOptions();
        try (TF_Buffer definition = TF_Buffer.newBufferFromString(source.toGraphDef())) {
            TF_GraphImportGraphDef(graph, definition, options, status);
            status.throwExceptionIfNotOK();
        } finally {
            TF_DeleteImportGraphDefOptions(options);
        }
    }

    private TF_Session open(ConfigProto configuration, TF_Status status) {
        TF_SessionOptions options = TF_NewSessionOptions();
        try (BytePointer bytes = new BytePointer(configuration.toByteArray())) {
            TF_SetConfig(options, bytes, bytes.capacity(), status);
            status.throwExceptionIfNotOK();
            TF_Session opened = TF_NewSession(graph, options, status);
            status.throwExceptionIfNotOK();
            return opened;
        } finally {
            TF_DeleteSessionOptions(options);
        }
    }

    private TF_Output ends(List<Output<?>> tensors) {
        TF_Output ends = new TF_Output(Math.max(1, tensors.size()));
        for (int i = 0; i < tensors.size(); i++) {
            TF_Operation operation =
                    TF_GraphOperationByName(graph, tensors.get(i).op().name());
            ends.position(i).oper(operation).index(tensors.get(i).index());
        }
        return ends.position(0);
    }

    /**
     * Runs the graph. For many threads.
     *
     * @param arrays the first tensors given
     * @param constants the tensors given after them
     * @param types of the tensors asked for
     * @return new arrays, the caller's
     * @throws LaminaException if an array is closed
     * @throws RuntimeException if TensorFlow fails
     */
    List<NativeArray> run(List<NativeArray> arrays, List<TfArray> constants, List<TensorType> types) {
        Call call = take();
        try {
            // By index, as an iterator is garbage of every call.
            for (int i = 0; i < arrays.size(); i++) {
                call.inputs.numbers.put(i, ((TfArray) arrays.get(i)).tensor());
            }
            for (int i = 0; i < constants.size(); i++) {
                call.inputs.numbers.put(arrays.size() + i, constants.get(i).tensor());
            }
            run(call);
            return results(call.outputs.numbers, types);
        } finally {
            giveBack(call);
        }
    }

    /** Each tensor of the result becomes an array's, whose size is looked at before anything reads its memory. */
    private static List<NativeArray> results(LongPointer numbers, List<TensorType> types) {
        for (int i = 0; i < types.size(); i++) {
            TensorType type = types.get(i);
            if (TfTensors.byteCount(numbers.get(i))
                    != type.shape().size() * type.dtype().bytes()) {
                IntStream.range(0, types.size()).mapToLong(numbers::get).forEach(TfTensors::free);
                throw new IllegalStateException("output " + i + " is of another size than " + type);
            }
        }
        List<NativeArray> results = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            results.add(new TfArray(types.get(i), numbers.get(i)));
        }
        return results;
    }

    private Call take() {
        synchronized (idle) {
            Call call = idle.poll();
            return call != null ? call : new Call(Tensors.of(inputs), Tensors.of(outputs), TF_NewStatus());
        }
    }

    private void giveBack(Call call) {
        synchronized (idle) {
            idle.push(call);
        }
    }

    private void run(Call call) {
        TF_SessionRun(
                session,
                null,
                given,
                call.inputs.pointers,
                inputs,
                asked,
                call.outputs.pointers,
                outputs,
                null,
                0,
                null,
                call.status);
        call.status.throwExceptionIfNotOK();
    }

    /** Frees all; nothing runs any more. */
    @Override
    public void close() {
        TF_Status status = TF_NewStatus();
        TF_CloseSession(session, status);
        TF_DeleteSession(session, status);
        TF_DeleteStatus(status);
        TF_DeleteGraph(graph);
        given.close();
        asked.close();
        idle.forEach(Call::close);
    }
}
