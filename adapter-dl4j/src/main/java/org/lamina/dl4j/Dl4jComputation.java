package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Declaration;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The passes of a layer in a network: sequences turned, results in the workspaces where Deeplearning4j expects them. */
final class Dl4jComputation implements AutoCloseable {
    private final Dl4jDescription description;
    private final Dl4jFunction function;
    private final DataType dataType;
    private final boolean timeLast;
    private boolean training;

    Dl4jComputation(Dl4jDescription description, DataType dataType, boolean timeLast) {
        this.description = description;
        this.dataType = dataType;
        this.timeLast = timeLast;
        this.function = new Dl4jFunction(description.layer(), Dl4jArray.dtype(dataType), description.declarations());
    }

    /** Where a backward pass writes: all views by Deeplearning4j's names. */
    record Targets(Map<String, INDArray> parameters, Map<String, INDArray> gradients) {}

    /** True if the last forward pass was one of training: a frozen layer predicts while others are trained. */
    boolean isTraining() {
        return training;
    }

    /** @throws LaminaException CONFIGURATION if there is a mask, which no Lamina layer would look at */
    static void requireNoMask(@Nullable INDArray mask) {
        if (mask != null) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "mask: the network was given one for its features, and a Lamina layer would not look at it. Use sequences "
                            + "of one length, or mask the labels only.");
        }
    }

    INDArray forward(
            List<INDArray> inputs, Map<String, INDArray> values, Dl4jFunction.Call call, LayerWorkspaceMgr workspaces) {
        training = call.training();
        List<INDArray> outputs = function.forward(taken(inputs), Dl4jDescription.byPath(values), call);
        return given(outputs.get(0), ArrayType.ACTIVATIONS, workspaces);
    }

    /** The gradients, written to the targets too; states that a step of training replaces are replaced. */
    Pair<Gradient, INDArray[]> backward(
            List<INDArray> inputs,
            Map<String, INDArray> values,
            INDArray epsilon,
            Dl4jFunction.Call call,
            Targets targets,
            LayerWorkspaceMgr workspaces) {
        Dl4jFunction.Pullback pullback =
                function.backward(taken(inputs), Dl4jDescription.byPath(values), taken(List.of(epsilon)), call);
        Gradient gradient = new DefaultGradient();
        for (Declaration declaration : description.declarations().values()) {
            String key = Dl4jDescription.key(declaration.path());
            INDArray target = Objects.requireNonNull(targets.gradients.get(key));
            move(pullback.parameters().get(declaration.path()), target);
            gradient.setGradientFor(key, target, 'c');
        }
        pullback.states().forEach((path, state) -> {
            if (call.training()) {
                move(state, Objects.requireNonNull(targets.parameters.get(Dl4jDescription.key(path))));
            } else {
                state.close();
            }
        });
        INDArray[] byInput = pullback.inputs().stream()
                .map(array -> given(array, ArrayType.ACTIVATION_GRAD, workspaces))
                .toArray(INDArray[]::new);
        return new Pair<>(gradient, byInput);
    }

    private static void move(@Nullable INDArray from, INDArray to) {
        if (from == null) {
            to.assign(0);
        } else {
            to.assign(from);
            from.close();
        }
    }

    private List<INDArray> taken(List<INDArray> arrays) {
        List<INDArray> taken = new ArrayList<>();
        for (INDArray array : arrays) {
            taken.add(turned(array.dataType() == dataType ? array : array.castTo(dataType)));
        }
        return taken;
    }

    private INDArray turned(INDArray array) {
        return timeLast && array.rank() == 3 ? array.permute(0, 2, 1) : array;
    }

    private INDArray given(INDArray array, ArrayType type, LayerWorkspaceMgr workspaces) {
        INDArray turned = turned(array);
        if (workspaces.isScopedOut(type) && turned == array) {
            return array;
        }
        INDArray copy = workspaces.dup(type, turned, 'c');
        array.close();
        return copy;
    }

    @Override
    public void close() {
        function.close();
    }
}
