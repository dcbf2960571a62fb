package org.lamina.benchmarks.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The chapter's MyLinear as a custom SameDiff layer. */
final class MyLinearLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1;

    private final long inUnits;
    private final long units;

    MyLinearLayer(long inUnits, long units) {
        this.inUnits = inUnits;
        this.units = units;
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
        parameters.addWeightParam("weight", inUnits, units);
        parameters.addBiasParam("bias", units);
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {
        parameters.values().forEach(parameter -> parameter.assign(0));
    }

    @Override
    public SDVariable defineLayer(
            SameDiff graph, SDVariable x, Map<String, SDVariable> parameters, @Nullable SDVariable mask) {
        // Not reluLayer, which refuses a single unit.
        return graph.nn().relu(x.mmul(parameters.get("weight")).add(parameters.get("bias")), 0);
    }

    @Override
    public InputType getOutputType(int index, InputType input) {
        return InputType.feedForward(units);
    }
}
