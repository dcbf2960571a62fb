package org.lamina.benchmarks.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layer normalization, a dense layer and the exact GELU; DL4J has neither of the others as a layer. */
final class NormGeluLayer extends SameDiffLayer {
    private static final long serialVersionUID = 1;

    private final long inUnits;
    private final long units;

    NormGeluLayer(long inUnits, long units) {
        this.inUnits = inUnits;
        this.units = units;
    }

    @Override
    public void defineParameters(SDLayerParams parameters) {
        parameters.addBiasParam("gamma", inUnits);
        parameters.addBiasParam("beta", inUnits);
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
        SDVariable normal =
                graph.nn().layerNorm(x, parameters.get("gamma"), parameters.get("beta"), true, 1);
        SDVariable dense = graph.nn().linear(normal, parameters.get("weight"), parameters.get("bias"));
        return dense.mul(0.5).mul(graph.math().erf(dense.mul(Math.sqrt(0.5))).add(1));
    }

    @Override
    public InputType getOutputType(int index, InputType input) {
        return InputType.feedForward(units);
    }
}
