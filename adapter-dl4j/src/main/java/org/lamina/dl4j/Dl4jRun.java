package org.lamina.dl4j;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.spi.EagerRun;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The native memory of one call: every array that ops made and nobody took out. */
final class Dl4jRun implements EagerRun<INDArray> {
    private final Set<INDArray> owned = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Where the memory of what is owned here or was given begins: ND4J calls a whole transposed array no view. */
    private final Set<Long> memory = new HashSet<>();

    private final Dl4jLowering lowering = new Dl4jLowering(this);
    /** Keeps arrays out of a workspace that the calling thread may have open. */
    private final MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();

    @Override
    public Lowering<INDArray> lowering() {
        return lowering;
    }

    /** Makes this run the owner of an array an op has made; views have no memory of their own. */
    INDArray own(INDArray made) {
        if (made.closeable() && memory.add(made.data().address())) {
            owned.add(made);
        }
        return made;
    }

    @Override
    public INDArray unwrap(NativeArray array) {
        INDArray given = ((Dl4jArray) array).array();
        if (given.closeable()) {
            memory.add(given.data().address());
        }
        return given;
    }

    @Override
    public void release(INDArray array) {
        if (owned.remove(array)) {
            memory.remove(array.data().address());
            array.close();
        }
    }

    @Override
    public NativeArray keep(INDArray array, TensorType type) {
        INDArray whole = array.ordering() == 'c' && owned.contains(array) ? array : copy(array);
        owned.remove(whole);
        return new Dl4jArray(type, whole);
    }

    @Override
    public INDArray copy(INDArray array) {
        return array.isEmpty() ? array : own(array.dup('c'));
    }

    @Override
    public void close() {
        owned.forEach(INDArray::close);
        owned.clear();
        outside.close();
    }
}
