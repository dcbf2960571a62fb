package org.lamina.dl4j;

import java.util.Arrays;
import org.bytedeco.javacpp.BooleanPointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.nativeblas.OpaqueContext;

/** What an op of ND4J is given beside arrays; an op is either always given arguments of a kind or never. */
final class Dl4jArguments {
    private static final long[] NO_INTEGERS = {};
    private static final double[] NO_REALS = {};
    private static final boolean[] NO_FLAGS = {};

    static final Dl4jArguments NONE = new Dl4jArguments(NO_INTEGERS, NO_REALS, NO_FLAGS);

    private final long[] integers;
    private final double[] reals;
    private final boolean[] flags;

    private Dl4jArguments(long[] integers, double[] reals, boolean[] flags) {
        this.integers = integers;
        this.reals = reals;
        this.flags = flags;
    }

    static Dl4jArguments integers(long... values) {
        return new Dl4jArguments(values, NO_REALS, NO_FLAGS);
    }

    static Dl4jArguments reals(double... values) {
        return new Dl4jArguments(NO_INTEGERS, values, NO_FLAGS);
    }

    static Dl4jArguments flag(boolean value) {
        return NONE.with(value);
    }

    Dl4jArguments with(boolean flag) {
        return new Dl4jArguments(integers, reals, new boolean[] {flag});
    }

    /** Sets a context; each call into ND4J costs a little, so what the arguments before have set is not set again. */
    void set(OpaqueContext context, Dl4jArguments before) {
        if (!Arrays.equals(integers, before.integers)) {
            try (LongPointer values = new LongPointer(integers)) {
                Dl4jOp.NATIVE.setGraphContextIArguments(context, values, integers.length);
            }
        }
        if (!Arrays.equals(reals, before.reals)) {
            try (DoublePointer values = new DoublePointer(reals)) {
                Dl4jOp.NATIVE.setGraphContextTArguments(context, values, reals.length);
            }
        }
        if (!Arrays.equals(flags, before.flags)) {
            try (BooleanPointer values = new BooleanPointer(flags)) {
                Dl4jOp.NATIVE.setGraphContextBArguments(context, values, flags.length);
            }
        }
    }
}
