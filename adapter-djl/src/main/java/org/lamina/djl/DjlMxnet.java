package org.lamina.djl;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.spi.BackendFailures;

/**
 * What is called of MXNet's own C interface. DJL has all of it too, by calls that make many objects each; here an object is the
 * number that stands for its address, and a call is one of native code.
 */
final class DjlMxnet {
    /** The functions as MXNet declares them, bound to the library that DJL loads. Addresses are numbers. */
    @SuppressWarnings("MemberName") // the names are MXNet's
    private static final class Functions {
        static {
            // As DJL opens it: with its names open to all, TensorFlow would call MXNet's protobuf and crash.
            Native.register(
                    Functions.class,
                    NativeLibrary.getInstance(libraryName(), Map.of(Library.OPTION_OPEN_FLAGS, LAZY_AND_LOCAL)));
        }

        static native String MXGetLastError();

        static native int MXNDArrayCreateEx64(
                long[] shape, int rank, int device, int deviceId, int delayed, int dtype, long[] array);

        static native int MXShallowCopyNDArray(long array, long[] copy);

        static native int MXNDArrayReshape64(long array, int rank, long[] shape, int reversed, long[] view);

        static native int MXNDArrayWaitToRead(long array);

        static native int MXNDArrayGetData(long array, long[] data);

        static native int MXNDArrayGetDType(long array, int[] dtype);

        static native int MXNDArrayGetShapeEx64(long array, int[] rank, long[] shape);

        static native int MXNDArrayFree(long array);

        static native int MXSymbolCreateFromJSON(byte[] json, long[] symbol);

        static native int MXSymbolListArguments(long symbol, int[] count, long[] names);

        static native int MXSymbolFree(long symbol);

        static native int MXCreateCachedOpEx(
                long symbol, int flags, StringArray keys, StringArray values, long[] program);

        static native int MXInvokeCachedOp(long program, int count, long inputs, long outputCount, long outputs);

        static native int MXFreeCachedOp(long program);

        static native int MXAutogradSetIsRecording(int recording, int[] before);
    }

    private static final int CPU = 1;

    /** In MXNet's language: the first axis split in 1 and the rest, and the others as they are. */
    private static final long[] BATCH_OF_ONE = {-4, 1, -1, -2};

    /** The flags of {@code dlopen}. */
    private static final int LAZY_AND_LOCAL = 1;

    private DjlMxnet() {}

    /** DJL unpacks the library once and knows where; its class is not there to compile against. */
    private static String libraryName() {
        try {
            Class<?> libraries = Class.forName("ai.djl.mxnet.jna.LibUtils");
            MethodHandle name = MethodHandles.publicLookup()
                    .findStatic(libraries, "getLibName", MethodType.methodType(String.class));
            return (String) name.invokeExact();
        } catch (Throwable e) {
            throw new LinkageError("DJL's library of MXNet cannot be found", e);
        }
    }

    private static void check(int status) {
        if (status != 0) {
            String message = String.valueOf(Functions.MXGetLastError());
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend djl-mxnet: MXNet failed: "
                            + message.lines().findFirst().orElse("")
                            + ". There is no result. Check the values given, and the memory that is left.");
        }
    }

    /** MXNet's number of a dtype. */
    private static int code(org.lamina.DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 0;
            case FLOAT64 -> 1;
            case INT32 -> 4;
            case INT64 -> 6;
            case BOOL -> 7;
        };
    }

    /** @throws LaminaException if the system has no memory for so many bytes */
    static void requireMemory(long bytes) {
        long memory = Native.malloc(bytes);
        if (memory == 0) {
            throw BackendFailures.memory("djl-mxnet", bytes);
        }
        Native.free(memory);
    }

    /** A new array whose elements are anything. */
    static long create(TensorType type) {
        long[] array = new long[1];
        long[] sizes = type.shape().toArray();
        check(Functions.MXNDArrayCreateEx64(sizes, sizes.length, CPU, 0, 0, code(type.dtype()), array));
        return array[0];
    }

    /** Another owner of the same elements. */
    static long share(long array) {
        long[] copy = new long[1];
        check(Functions.MXShallowCopyNDArray(array, copy));
        return copy[0];
    }

    /** Another owner of the same elements, with an axis of size 1 before the others. The thread does not record. */
    static long batchOfOne(long array) {
        long[] view = new long[1];
        check(Functions.MXNDArrayReshape64(array, BATCH_OF_ONE.length, BATCH_OF_ONE, 0, view));
        return view[0];
    }

    /** Waits until all that is to be written to an array has been. */
    static void await(long array) {
        check(Functions.MXNDArrayWaitToRead(array));
    }

    /** Where the elements of an array lie, which has some, once all that is to be written to it has been. */
    static Pointer elements(long array) {
        long[] data = new long[1];
        await(array);
        check(Functions.MXNDArrayGetData(array, data));
        return new Pointer(data[0]);
    }

    /** True if an array is what it should be. */
    static boolean isOf(long array, TensorType type) {
        int[] number = new int[1];
        long[] address = new long[1];
        check(Functions.MXNDArrayGetDType(array, number));
        boolean same = number[0] == code(type.dtype());
        check(Functions.MXNDArrayGetShapeEx64(array, number, address));
        long[] sizes = type.shape().toArray();
        return same
                && number[0] == sizes.length
                && (sizes.length == 0
                        || java.util.Arrays.equals(sizes, new Pointer(address[0]).getLongArray(0, sizes.length)));
    }

    static void free(long array) {
        check(Functions.MXNDArrayFree(array));
    }

    /** A symbol, MXNet's own kind of graph, as it writes one to a file. */
    static long symbol(String json) {
        long[] symbol = new long[1];
        check(Functions.MXSymbolCreateFromJSON((json + '\0').getBytes(StandardCharsets.UTF_8), symbol));
        return symbol[0];
    }

    /** The names of a symbol's inputs, in the order in which a program of it takes them. */
    static List<String> inputs(long symbol) {
        int[] count = new int[1];
        long[] names = new long[1];
        check(Functions.MXSymbolListArguments(symbol, count, names));
        return count[0] == 0 ? List.of() : List.of(new Pointer(names[0]).getStringArray(0, count[0]));
    }

    static void freeSymbol(long symbol) {
        check(Functions.MXSymbolFree(symbol));
    }

    /** A program of a symbol: keys and values of its settings by turns. */
    static long program(long symbol, String... settings) {
        String[] keys = new String[settings.length / 2];
        String[] values = new String[settings.length / 2];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = settings[2 * i];
            values[i] = settings[2 * i + 1];
        }
        long[] program = new long[1];
        check(Functions.MXCreateCachedOpEx(
                symbol, keys.length, new StringArray(keys), new StringArray(values), program));
        return program[0];
    }

    /**
     * Runs a program, which returns before the values are there. The thread does not record.
     *
     * @param inputs where the inputs' numbers lie
     * @param results where to write how many outputs there are, in 8 bytes, and then where their numbers lie, until the thread's
     *     next call
     */
    static void run(long program, int count, Pointer inputs, Pointer results) {
        results.setLong(0, 0);
        results.setLong(Long.BYTES, 0);
        long address = Pointer.nativeValue(results);
        check(Functions.MXInvokeCachedOp(program, count, Pointer.nativeValue(inputs), address, address + Long.BYTES));
    }

    /**
     * Has this thread's calls recorded for DJL's own differentiation, or not.
     *
     * @param before where to write whether they were, which is not 0 then
     */
    static void record(int recording, int[] before) {
        check(Functions.MXAutogradSetIsRecording(recording, before));
    }

    static void freeProgram(long program) {
        check(Functions.MXFreeCachedOp(program));
    }
}
