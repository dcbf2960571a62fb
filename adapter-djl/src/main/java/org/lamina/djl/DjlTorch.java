package org.lamina.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.spi.BackendFailures;

/**
 * What is called of DJL's native interface to PyTorch. DJL calls it with some objects around every tensor and every value of a
 * script, kilobytes in a call of the smallest model; here each is the number that stands for its address. Those functions are
 * DJL's own, so they are looked up by name, and a DJL without one is found before it is used.
 */
final class DjlTorch {
    /** DJL's functions, each called as the type says. */
    private static final class Functions {
        private static final Lookup LOOKUP = lookup();
        private static final Object LIBRARY = library();

        private static final MethodHandle EMPTY =
                find("torchEmpty", long.class, long[].class, int.class, int.class, int[].class, boolean.class);
        private static final MethodHandle RESHAPE = find("torchReshape", long.class, long.class, long[].class);
        private static final MethodHandle SIZES = find("torchSizes", long[].class, long.class);
        private static final MethodHandle IS_CONTIGUOUS = find("torchIsContiguous", boolean.class, long.class);
        private static final MethodHandle TO_CONTIGUOUS = find("torchToContiguous", long.class, long.class);
        private static final MethodHandle BYTES = find("torchDirectByteBuffer", ByteBuffer.class, long.class);
        private static final MethodHandle DELETE_TENSOR = find("torchDeleteTensor", void.class, long.class);
        private static final MethodHandle RUN = find(
                "moduleRunMethod", long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
        private static final MethodHandle FROM_TENSORS = find("iValueFromTensorList", long.class, long[].class);
        private static final MethodHandle TO_TENSORS = find("iValueToTensorList", long[].class, long.class);
        private static final MethodHandle DELETE_VALUE = find("torchDeleteIValue", void.class, long.class);

        private static Lookup lookup() {
            try {
                Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
                return MethodHandles.privateLookupIn(library, MethodHandles.lookup());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("DJL's library of PyTorch cannot be had", e);
            }
        }

        private static Object library() {
            try {
                Class<?> library = LOOKUP.lookupClass();
                return LOOKUP.findStaticVarHandle(library, "LIB", library).get();
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("DJL's library of PyTorch has no field LIB of its own type", e);
            }
        }

        private static MethodHandle find(String name, Class<?> result, Class<?>... parameters) {
            try {
                return LOOKUP.bind(LIBRARY, name, MethodType.methodType(result, parameters));
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("DJL's library of PyTorch has no function " + name + " of the type known", e);
            }
        }
    }

    /** DJL's number of the CPU, and the device of that kind, of which there is one. */
    private static final int[] CPU = {0, -1};

    private static final int STRIDED = 0;
    private static final String METHOD = "forward";

    private static final String LOG_LEVEL = "FLAGS_caffe2_log_level";
    private static final int ERRORS = 2;

    private DjlTorch() {}

    /**
     * Has PyTorch write its errors alone, as DJL's blocks call what it warns of. It reads no environment variable by itself, so
     * one that asks for more is honoured here; where the library does not show its level, it writes what it did.
     */
    static void logErrorsAlone() {
        if (!System.getenv().getOrDefault("TORCH_CPP_LOG_LEVEL", "ERROR").equals("ERROR")) {
            return;
        }
        Path library = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("c10"));
        try {
            NativeLibrary.getInstance(library.toString())
                    .getGlobalVariableAddress(LOG_LEVEL)
                    .setInt(0, ERRORS);
        } catch (UnsatisfiedLinkError e) {
            // Nothing but a line on standard error is at stake.
        }
    }

    /** DJL's number of a dtype. */
    private static int code(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 0;
            case FLOAT64 -> 1;
            case INT32 -> 4;
            case INT64 -> 6;
            case BOOL -> 7;
        };
    }

    /** A new tensor whose elements are anything. */
    static long create(TensorType type) {
        try {
            return (long) Functions.EMPTY.invokeExact(type.shape().toArray(), code(type.dtype()), STRIDED, CPU, false);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** Another owner of the same elements. */
    static long share(long tensor) {
        try {
            return (long) Functions.RESHAPE.invokeExact(tensor, (long[]) Functions.SIZES.invokeExact(tensor));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** True if the elements lie in C order. */
    static boolean isContiguous(long tensor) {
        try {
            return (boolean) Functions.IS_CONTIGUOUS.invokeExact(tensor);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** A tensor of the same elements, in C order. */
    static long contiguous(long tensor) {
        try {
            return (long) Functions.TO_CONTIGUOUS.invokeExact(tensor);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** The memory of a tensor in C order that has elements, good for as long as the tensor is there. */
    static ByteBuffer elements(long tensor) {
        try {
            return (ByteBuffer) Functions.BYTES.invokeExact(tensor);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void free(long tensor) {
        try {
            Functions.DELETE_TENSOR.invokeExact(tensor);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** DJL's object for a tensor, which it takes over and which belongs to the manager. */
    static NDArray object(NDManager manager, long tensor) {
        return new PtNDArray((PtNDManager) manager, tensor);
    }

    /**
     * Runs a script that takes a list of tensors and gives one.
     *
     * @param tensors stay the caller's, who keeps them until this returns
     * @return the results, which are the caller's to free
     */
    static long[] run(long script, long[] tensors) {
        try {
            long given = (long) Functions.FROM_TENSORS.invokeExact(tensors);
            long result;
            try {
                result = (long) Functions.RUN.invokeExact(script, METHOD, new long[] {given}, false, false);
            } finally {
                Functions.DELETE_VALUE.invokeExact(given);
            }
            try {
                return (long[]) Functions.TO_TENSORS.invokeExact(result);
            } finally {
                Functions.DELETE_VALUE.invokeExact(result);
            }
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** DJL throws what PyTorch reports; anything else goes on as it is. */
    private static RuntimeException failure(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof EngineException reported) {
            return BackendFailures.working("djl", reported);
        }
        return thrown instanceof RuntimeException other
                ? other
                : new IllegalStateException("DJL's library of PyTorch throws what it does not declare", thrown);
    }
}
