package org.lamina.spi;

import java.util.ArrayList;
import java.util.List;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** An array in a framework's own memory. Immutable; one owner closes it, once. */
public interface NativeArray extends AutoCloseable {
    /** The dtype and shape, without open sizes. */
    TensorType type();

    /** The types of arrays. A plain loop, as it runs in every call, where a stream leaves more garbage than a small result. */
    static List<TensorType> types(List<NativeArray> arrays) {
        List<TensorType> types = new ArrayList<>(arrays.size());
        for (NativeArray array : arrays) {
            types.add(array.type());
        }
        return types;
    }

    /** Copies it into Java memory. */
    HostArray download();

    @Override
    void close();
}
