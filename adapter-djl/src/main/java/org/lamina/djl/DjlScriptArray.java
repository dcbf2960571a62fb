package org.lamina.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.util.NativeResource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** The owner of one of PyTorch's tensors, in most cases without DJL's object around it. */
final class DjlScriptArray extends DjlTensor {
    private final long tensor;
    /** DJL's object that owns the tensor, null if this does: the elements may lie in a Java buffer, which only that holds. */
    private final @Nullable NDArray object;

    /** Takes the tensor over. */
    DjlScriptArray(TensorType type, long tensor) {
        this(type, tensor, null);
    }

    private DjlScriptArray(TensorType type, long tensor, @Nullable NDArray object) {
        super(type);
        this.tensor = tensor;
        this.object = object;
    }

    /** A copy of an array in native memory, written right into it. */
    static DjlScriptArray of(HostArray source) {
        long tensor = DjlTorch.create(source.type());
        try {
            if (source.size() > 0) {
                source.copyTo(DjlTorch.elements(tensor));
            }
            return new DjlScriptArray(source.type(), tensor);
        } catch (RuntimeException | Error e) {
            DjlTorch.free(tensor);
            throw e;
        }
    }

    /** Takes DJL's object over, so that no manager and no scope closes it. */
    static DjlScriptArray of(TensorType type, NDArray object) {
        NDScope.unregister(object);
        object.detach();
        return new DjlScriptArray(type, 0, object);
    }

    /** DJL's object for the same elements, which belongs to a manager and outlives this. */
    NDArray view(NDManager manager) {
        long held = acquire();
        try {
            long shared = DjlTorch.share(held);
            try {
                return DjlTorch.object(manager, shared);
            } catch (RuntimeException | Error e) {
                DjlTorch.free(shared);
                throw e;
            }
        } finally {
            release();
        }
    }

    /** A DJL object's is asked for each time: whoever made the object could have closed it, which it tells. */
    @Override
    long number() {
        return object == null ? tensor : (Long) Objects.requireNonNull(((NativeResource<?>) object).getHandle());
    }

    /** A script may leave a result in the order of what it was computed from. */
    @Override
    HostArray read(long number) {
        if (DjlTorch.isContiguous(number)) {
            return HostArray.of(type(), DjlTorch.elements(number));
        }
        long ordered = DjlTorch.contiguous(number);
        try {
            return HostArray.of(type(), DjlTorch.elements(ordered));
        } finally {
            DjlTorch.free(ordered);
        }
    }

    @Override
    void free() {
        if (object == null) {
            DjlTorch.free(tensor);
        } else {
            object.close();
        }
    }
}
