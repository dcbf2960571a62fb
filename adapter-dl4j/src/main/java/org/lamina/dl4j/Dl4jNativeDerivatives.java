package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.spi.NativeDerivatives;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What SameDiff's {@code calculateGradients} gives for the graph lowered onto SameDiff. */
final class Dl4jNativeDerivatives implements NativeDerivatives {
    @Override
    public List<HostArray> pullback(Graph graph, List<HostArray> inputs, List<HostArray> cotangents, List<Integer> by) {
        SameDiff target = SameDiff.create();
        try {
            List<SDVariable> given = given(target, inputs, by);
            List<SDVariable> outputs = Dl4jSameDiffLowering.add(target, graph, given);
            Map<String, INDArray> gradients = gradients(target, total(target, outputs, cotangents));
            return by.stream()
                    .map(i -> download(
                            inputs.get(i).type(), gradients.get(given.get(i).name())))
                    .toList();
        } catch (RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "backend dl4j: SameDiff could not differentiate the graph: " + e.getMessage()
                            + ". There is no native gradient. Use Lamina's own.",
                    e);
        }
    }

    /** SameDiff takes an empty array as a constant only. */
    private static List<SDVariable> given(SameDiff target, List<HostArray> inputs, List<Integer> by) {
        List<SDVariable> given = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            INDArray array = Dl4jArray.copy(inputs.get(i));
            boolean variable = by.contains(i) && !array.isEmpty();
            given.add(variable ? target.var("x" + i, array) : target.constant("x" + i, array));
        }
        return given;
    }

    /** SameDiff differentiates a scalar, so the cotangents are part of it; and it cannot add up nothing. */
    private static Optional<SDVariable> total(SameDiff target, List<SDVariable> outputs, List<HostArray> cotangents) {
        return IntStream.range(0, outputs.size())
                .filter(i -> cotangents.get(i).size() > 0)
                .mapToObj(i -> outputs.get(i)
                        .mul(target.constant(Dl4jArray.copy(cotangents.get(i))))
                        .sum())
                .reduce(SDVariable::add);
    }

    private static Map<String, INDArray> gradients(SameDiff target, Optional<SDVariable> total) {
        if (total.isEmpty()) {
            return Map.of();
        }
        total.get().markAsLoss();
        String[] names = target.variables().stream()
                .filter(x -> x.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toArray(String[]::new);
        return target.calculateGradients(Map.of(), names);
    }

    /** SameDiff gives null where no path leads from the outputs to an input. */
    private static HostArray download(TensorType type, @Nullable INDArray gradient) {
        if (gradient == null || gradient.isEmpty()) {
            return HostArray.full(type, 0);
        }
        try (INDArray ordered = gradient.dup('c')) {
            return HostArray.of(new TensorType(type.dtype(), Shape.of(ordered.shape())), Dl4jArray.bytes(ordered));
        }
    }
}
