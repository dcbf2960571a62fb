package org.lamina.dl4j;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.NativeFunction;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A layer of Deeplearning4j as a function of its input and its parameters, or the derivative of one. Each call makes a layer of its
 * own, since those remember their input, in memory of its own.
 *
 * @param configuration which is only copied
 * @param keys Deeplearning4j's names of the parameters, in the order of the operands, after the input
 * @param by the operand to differentiate by, or {@link #VALUE}
 */
record Dl4jNativeFunction(NeuralNetConfiguration configuration, List<String> keys, int by) implements NativeFunction {
    static final int VALUE = -1;

    @Override
    public String name() {
        return name(configuration.getLayer());
    }

    static String name(org.deeplearning4j.nn.conf.layers.Layer layer) {
        return layer.getClass().getSimpleName() + " of Deeplearning4j";
    }

    @Override
    public List<String> backends() {
        return List.of(Dl4jProvider.NAME);
    }

    /** Deeplearning4j differentiates once only. */
    @Override
    public @Nullable NativeFunction pullback(int operand) {
        return by == VALUE && isDifferentiable(configuration.getLayer())
                ? new Dl4jNativeFunction(configuration, keys, operand)
                : null;
    }

    /** A SameDiffLayer doubles its gradients, and a BatchNormalization has only the gradients of training. */
    private static boolean isDifferentiable(org.deeplearning4j.nn.conf.layers.Layer layer) {
        return !(layer instanceof AbstractSameDiffLayer || layer instanceof BatchNormalization)
                && inner(layer).stream().allMatch(Dl4jNativeFunction::isDifferentiable);
    }

    /** The layers that a layer is made of, none for most. */
    static List<org.deeplearning4j.nn.conf.layers.Layer> inner(org.deeplearning4j.nn.conf.layers.Layer layer) {
        if (layer instanceof Bidirectional both) {
            return List.of(both.getFwd(), both.getBwd());
        }
        return layer instanceof BaseWrapperLayer wrapper ? List.of(wrapper.getUnderlying()) : List.of();
    }

    /** @param operands the input, the parameters and, for a derivative, the cotangent; they stay the caller's */
    INDArray compute(Dl4jRun run, TensorType type, List<INDArray> operands) {
        INDArray result =
                run.create(Dl4jArray.dataType(type.dtype()), type.shape().toArray());
        if (result.isEmpty()) {
            return result;
        }
        run.notRepeatable();
        try (Memory memory = new Memory()) {
            INDArray computed = operands.get(0).isEmpty()
                    ? Nd4j.zeros(result.dataType(), result.shape())
                    : by == VALUE ? value(memory, operands) : derivative(memory, operands);
            requireType(computed, type);
            return run.exec(Dl4jLowering.ASSIGN, result, computed);
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "native function: " + name() + " failed: " + e.getMessage()
                            + ". Nothing was computed. Check its configuration against the shape of its input.",
                    e);
        }
    }

    private void requireType(INDArray computed, TensorType type) {
        TensorType got = new TensorType(Dl4jArray.dtype(computed.dataType()), Shape.of(computed.shape()));
        if (!got.equals(type)) {
            throw new LaminaException(
                    ErrorCode.BACKEND_FAILURE,
                    "native function: " + name() + " gave " + got + " and said " + type
                            + " before, so its result is of no use. Make getOutputType right, and keep the dtype.");
        }
    }

    private INDArray value(Memory memory, List<INDArray> operands) {
        return turned(activate(layer(operands), memory, operands));
    }

    private static INDArray activate(Layer layer, Memory memory, List<INDArray> operands) {
        // A copy, since layers of Deeplearning4j may work in the memory of what they are given.
        return layer.activate(turned(operands.get(0)).dup('c'), false, memory.arrays);
    }

    private INDArray derivative(Memory memory, List<INDArray> operands) {
        Layer layer = layer(operands);
        if (!keys.isEmpty()) {
            layer.setBackpropGradientsViewArray(Nd4j.create(configuration.getDataType(), count()));
        }
        activate(layer, memory, operands);
        INDArray cotangent = turned(operands.get(operands.size() - 1)).dup('c');
        Pair<Gradient, INDArray> passed = layer.backpropGradient(cotangent, memory.arrays);
        INDArray gradient = by == 0 ? passed.getSecond() : passed.getFirst().getGradientFor(keys.get(by - 1));
        long[] shape = operands.get(by).shape();
        if (gradient == null) { // nothing depends on it
            return Nd4j.zeros(configuration.getDataType(), shape);
        }
        // A convolution over time has a weight of four axes, and a gradient of three.
        return by == 0 ? turned(gradient) : gradient.dup('c').reshape('c', shape);
    }

    private long count() {
        return configuration.getLayer().initializer().numParams(configuration);
    }

    private Layer layer(List<INDArray> operands) {
        INDArray flat = keys.isEmpty() ? null : Nd4j.create(configuration.getDataType(), count());
        Layer layer = instantiate(configuration, flat, false);
        Map<String, INDArray> views = layer.paramTable();
        for (int i = 0; i < keys.size(); i++) {
            Objects.requireNonNull(views.get(keys.get(i))).assign(operands.get(1 + i));
        }
        return layer;
    }

    /** @param flat the memory of all parameters, null if there are none */
    static Layer instantiate(NeuralNetConfiguration configuration, @Nullable INDArray flat, boolean initialize) {
        NeuralNetConfiguration own = configuration.clone();
        Layer layer = own.getLayer().instantiate(own, List.of(), 0, flat, initialize, configuration.getDataType());
        layer.setCacheMode(CacheMode.NONE);
        return layer;
    }

    /** A sequence has its time last in Deeplearning4j and second here; all else is alike. */
    private static INDArray turned(INDArray array) {
        return array.rank() == 3 ? array.permute(0, 2, 1) : array;
    }

    /** Whatever a call makes lies in workspaces that are freed at its end; otherwise it would wait for the garbage collector. */
    private static final class Memory implements AutoCloseable {
        private static final String NAME = "LAMINA_NATIVE";
        private static final String LOOP = "LAMINA_NATIVE_LOOP";
        private static final WorkspaceConfiguration CONFIGURATION = WorkspaceConfiguration.builder()
                .initialSize(0)
                .overallocationLimit(0)
                .policyAllocation(AllocationPolicy.STRICT)
                .policyLearning(LearningPolicy.NONE)
                .policyReset(ResetPolicy.BLOCK_LEFT)
                .policySpill(SpillPolicy.EXTERNAL)
                .build();

        private final MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(CONFIGURATION, NAME);
        private final LayerWorkspaceMgr arrays = LayerWorkspaceMgr.builder()
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP, CONFIGURATION)
                .with(ArrayType.RNN_BP_LOOP_WORKING_MEM, LOOP, CONFIGURATION)
                .defaultWorkspace(NAME, CONFIGURATION)
                .build();

        @Override
        public void close() {
            workspace.close();
            Nd4j.getWorkspaceManager().destroyWorkspace(workspace);
            if (Nd4j.getWorkspaceManager().checkIfWorkspaceExists(LOOP)) {
                Nd4j.getWorkspaceManager()
                        .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(LOOP));
            }
        }
    }
}
