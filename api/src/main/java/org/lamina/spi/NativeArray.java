package org.lamina.spi;

import org.lamina.HostArray;
import org.lamina.TensorType;

/** An array in a framework's own memory. Immutable; one owner closes it, once. */
public interface NativeArray extends AutoCloseable {
    /** The dtype and shape, without open sizes. */
    TensorType type();

    /** Copies it into Java memory. */
    HostArray download();

    @Override
    void close();
}
