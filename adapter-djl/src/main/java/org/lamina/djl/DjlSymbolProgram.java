package org.lamina.djl;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;

/**
 * A program of MXNet's for inputs of given sizes, which may keep the memory of what it computes on the way. Its calls only hand the
 * work over and MXNet does it in order, so they come one after another, whatever thread they come from.
 */
final class DjlSymbolProgram implements AutoCloseable {
    /** How many runs may wait for MXNet, each with the memory of its outputs, where nobody asks for their values. */
    private static final int AHEAD = 16;

    /** How many ops MXNet hands to its thread at once. */
    private static final String AT_ONCE = "1000";

    private final long program;
    private final int[] given;
    private final boolean[] batches;
    private final Memory inputs;
    private final Memory results = new Memory(2L * Long.BYTES);
    private final int[] recording = new int[1];
    private final List<TensorType> types;
    private final long kept;
    /** What a program computes has one type for ever, so it is looked at once. */
    private boolean checked;

    private boolean closed;
    private int runs;

    /**
     * Makes a program.
     *
     * @param given for each of the symbol's inputs which of the arrays of a call it is, or -1 for a constant
     * @param batches for each whether it is given as a batch of one
     * @param constants the numbers of the constants in the same places
     * @param types of the outputs
     * @param kept the bytes that stay allocated for the next run, of what is computed on the way; 0 if none do
     */
    DjlSymbolProgram(long symbol, int[] given, boolean[] batches, long[] constants, List<TensorType> types, long kept) {
        this.given = given;
        this.batches = batches;
        this.types = types;
        this.inputs = new Memory((long) given.length * Long.BYTES);
        for (int i = 0; i < given.length; i++) {
            inputs.setLong((long) i * Long.BYTES, constants[i]);
        }
        this.kept = kept;
        String keeps = kept > 0 ? "1" : "0";
        this.program =
                DjlMxnet.program(symbol, "static_alloc", keeps, "static_shape", keeps, "forward_bulk_size", AT_ONCE);
    }

    /** The bytes that stay allocated between runs. */
    long kept() {
        return kept;
    }

    /** Starts a run and gives its outputs, whose values come later, or null if this was closed. */
    synchronized @Nullable List<NativeArray> run(List<NativeArray> arrays) {
        if (closed) {
            return null;
        }
        DjlMxnet.record(0, recording);
        try {
            return start(arrays);
        } finally {
            if (recording[0] != 0) {
                DjlMxnet.record(recording[0], recording);
            }
        }
    }

    private List<NativeArray> start(List<NativeArray> arrays) {
        int acquired = 0;
        try {
            for (; acquired < given.length; acquired++) {
                if (given[acquired] >= 0) {
                    DjlSymbolArray array = (DjlSymbolArray) arrays.get(given[acquired]);
                    long number = batches[acquired] ? array.acquireBatch() : array.acquire();
                    inputs.setLong((long) acquired * Long.BYTES, number);
                }
            }
            DjlMxnet.run(program, given.length, inputs, results);
            return outputs();
        } finally {
            while (--acquired >= 0) {
                if (given[acquired] >= 0) {
                    ((DjlSymbolArray) arrays.get(given[acquired])).release();
                }
            }
        }
    }

    private List<NativeArray> outputs() {
        Pointer arrays = new Pointer(results.getLong(Long.BYTES));
        List<NativeArray> outputs = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            outputs.add(new DjlSymbolArray(types.get(i), arrays.getLong((long) i * Long.BYTES)));
        }
        if (!checked) {
            outputs.forEach(output -> ((DjlSymbolArray) output).check());
            checked = true;
        }
        if (++runs % AHEAD == 0 && !outputs.isEmpty()) {
            DjlMxnet.await(((DjlSymbolArray) outputs.get(0)).number());
        }
        return outputs;
    }

    @Override
    public synchronized void close() {
        closed = true;
        DjlMxnet.freeProgram(program);
        inputs.close();
        results.close();
    }
}
