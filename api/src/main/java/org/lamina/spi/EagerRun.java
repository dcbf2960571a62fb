package org.lamina.spi;

import org.lamina.TensorType;
import org.lamina.graph.Lowering;

/**
 * One run of a graph on a framework that computes op by op: its lowering, and who owns the tensors it makes. For one thread;
 * closing it frees whatever was made in it and was not kept.
 *
 * @param <T> the framework's tensor
 */
public interface EagerRun<T> extends AutoCloseable {
    /** The primitives. What their methods return belongs to this run. */
    Lowering<T> lowering();

    /**
     * The primitives that work element by element, which may write their result over their first operand and then return it, or,
     * where {@link Lifetimes#overwritten} says so, over their second. What they do not write over stays the caller's.
     *
     * @param operand 0 or 1, the operand that nothing needs any more
     */
    default Lowering<T> overwriting(int operand) {
        return lowering();
    }

    /** The tensor in an array; it stays the array's. */
    T unwrap(NativeArray array);

    /** Frees a tensor that the lowering made, after its last use. No view of it is used any more. */
    void release(T tensor);

    /** Takes a tensor that the lowering made out of this run, to live on its own. It is no view of another. */
    NativeArray keep(T tensor, TensorType type);

    /** A copy in memory of its own, in C order. */
    T copy(T tensor);

    @Override
    void close();
}
