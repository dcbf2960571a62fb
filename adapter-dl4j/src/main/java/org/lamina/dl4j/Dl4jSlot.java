package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.lamina.TensorType;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.nativeblas.OpaqueDataBuffer;

/**
 * An array of a program: always the same one to the program's ops, and in each run in the memory of another array. Its views move
 * with it.
 */
final class Dl4jSlot {

    private final TensorType type;
    private final INDArray array;
    /** That of the array, and those of other dtypes over the same memory. */
    private final List<OpaqueDataBuffer> buffers = new ArrayList<>();

    private @Nullable INDArray memory;

    /** Begins in the memory of an array. */
    Dl4jSlot(TensorType type, INDArray memory) {
        this.type = type;
        this.memory = memory;
        this.array = Dl4jArray.over(memory);
        buffers.add(Dl4jArray.memory(array));
    }

    TensorType type() {
        return type;
    }

    /** The array that ops are set up with. */
    INDArray array() {
        return array;
    }

    /** The array whose memory it is in. */
    INDArray memory() {
        return Objects.requireNonNull(memory);
    }

    /** Its elements as the integers that have the same bits, of an array that may be a view of this slot's. */
    INDArray bits(INDArray view) {
        INDArray bits = Dl4jArray.bits(view);
        buffers.add(Dl4jArray.memory(bits));
        return bits;
    }

    /** Moves to the memory of an array of its type that a pool gives. */
    void move(Dl4jPool pool) {
        move(pool.take(type));
    }

    /** Moves to the memory of another array of its type. */
    void move(INDArray target) {
        memory = target;
        Pointer start = Dl4jArray.start(target);
        for (int i = 0; i < buffers.size(); i++) {
            Dl4jOp.NATIVE.dbSetPrimaryBuffer(buffers.get(i), start, target.length());
        }
    }

    /** The owner of the array whose memory it is in, and leaves it. */
    NativeArray own(Dl4jPool pool) {
        NativeArray owner = new Dl4jArray(type, memory(), pool);
        memory = null;
        return owner;
    }

    /** Gives back the array whose memory it is in, unless it has left it. */
    void giveBack(Dl4jPool pool) {
        if (memory != null) {
            pool.give(type, memory);
            memory = null;
        }
    }
}
