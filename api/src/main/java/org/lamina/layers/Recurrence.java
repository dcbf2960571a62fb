package org.lamina.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.Scope;
import org.lamina.layer.Tensor;

/**
 * What recurrent layers have in common: gates with parameters of their own, and steps over a sequence whose length is known when
 * the layer is traced. The gates' products are done together, which is faster and gives the same numbers.
 */
final class Recurrence {
    private final Scope scope;
    private final long units;
    private final List<String> gates;

    /** Checks the input, which is (batch, time, features). */
    Recurrence(Scope scope, Tensor x, long units, String... gates) {
        if (x.shape().rank() != 3 || x.shape().extent(1) == 0) {
            throw scope.error(
                    ErrorCode.SHAPE,
                    "x is " + x.shape()
                            + " and must be (batch, time, features) with at least one time step. Reshape it "
                            + "first.");
        }
        this.scope = scope;
        this.units = units;
        this.gates = List.of(gates);
    }

    private static String name(String kind, String gate) {
        return gate.isEmpty() ? kind : kind + gate.substring(0, 1).toUpperCase(Locale.ROOT) + gate.substring(1);
    }

    /** A matrix of each gate, side by side. */
    Tensor matrices(String kind, long rows) {
        return Tensor.concat(
                1,
                gates.stream()
                        .map(gate ->
                                scope.parameter(name(kind, gate), Shape.of(rows, units), Initializer.glorotUniform()))
                        .toArray(Tensor[]::new));
    }

    /** x W + b of all time steps and gates: (batch, time, gates units). */
    Tensor inputs(Tensor x, Initializer... biases) {
        Tensor sums = x.matmul(matrices("weight", x.shape().dim(2)));
        Tensor[] bias = new Tensor[gates.size()];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = scope.parameter(name("bias", gates.get(i)), Shape.of(units), biases[i]);
        }
        return sums.add(Tensor.concat(0, bias));
    }

    /** The parts of the gates along the last axis. */
    List<Tensor> split(Tensor sums) {
        long[] sizes = new long[gates.size()];
        Arrays.fill(sizes, units);
        return sums.split(-1, sizes);
    }

    /** Zeros for each sample: (batch, units). */
    Tensor start(Tensor x) {
        HostArray zeros = HostArray.full(new TensorType(DType.FLOAT64, Shape.of(1, units)), 0);
        return scope.constant(zeros).broadcastTo(x.shape().slice(0, 1).concat(Shape.of(units)));
    }

    /** One step: from the sums of the inputs at a time, and the state before, to the state after. */
    @FunctionalInterface
    interface Step<S> {
        S of(Tensor inputs, S before);
    }

    /** The states after each step. */
    static <S> List<S> run(Tensor inputs, S start, Step<S> step) {
        List<S> states = new ArrayList<>();
        S state = start;
        for (long time = 0; time < inputs.shape().dim(1); time++) {
            state = step.of(inputs.get(1, time), state);
            states.add(state);
        }
        return states;
    }

    /** (batch, time, units) of all outputs, or (batch, units) of the last. */
    static Tensor output(List<Tensor> outputs, boolean returnSequences) {
        return returnSequences ? Tensor.stack(1, outputs.toArray(Tensor[]::new)) : outputs.get(outputs.size() - 1);
    }
}
