package org.lamina.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.lamina.Generator;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a {@link Dl4jLayer} does in a network. */
final class Dl4jLayerImplementation extends BaseLayer<Dl4jLayer> {
    private static final long serialVersionUID = 1;

    private final long seed;
    private transient @Nullable Dl4jComputation computation;

    Dl4jLayerImplementation(NeuralNetConfiguration conf, DataType dataType, int layerIndex) {
        super(conf, dataType);
        Long own = layerConf().getSeed();
        this.seed = own == null ? Generator.of(conf.getSeed()).split(layerIndex).bits(0) : own;
        this.index = layerIndex;
    }

    private Dl4jComputation computation() {
        Dl4jComputation known = computation;
        if (known == null) {
            known = new Dl4jComputation(description(), dataType, layerConf().isTimeLast());
            computation = known;
        }
        return known;
    }

    private Dl4jDescription description() {
        return layerConf().description();
    }

    private Dl4jFunction.Call call(boolean training) {
        return training ? new Dl4jFunction.Call(true, seed, iterationCount + 1L) : Dl4jFunction.Call.prediction();
    }

    /** With the noise on weights that a user may have asked Deeplearning4j for. */
    private Map<String, INDArray> values(boolean training, LayerWorkspaceMgr workspaces) {
        Map<String, INDArray> values = new LinkedHashMap<>();
        for (String key : params.keySet()) {
            boolean isTrained = Dl4jDescription.isTrained(description().declaration(key));
            values.put(key, isTrained ? getParamWithNoise(key, training, workspaces) : getParam(key));
        }
        return values;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        Dl4jComputation.requireNoMask(maskArray);
        applyDropOutIfNecessary(training, workspaces);
        return computation().forward(List.of(input), values(training, workspaces), call(training), workspaces);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        boolean training = computation().isTraining();
        Pair<Gradient, INDArray[]> gradients = computation()
                .backward(
                        List.of(input),
                        values(training, workspaces),
                        epsilon,
                        call(training),
                        new Dl4jComputation.Targets(params, gradientViews),
                        workspaces);
        weightNoiseParams.clear();
        return new Pair<>(
                gradients.getFirst(), backpropDropOutIfPresent(gradients.getSecond()[0]));
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    /** All parameters at once, in the order of the flat array. */
    @Override
    protected void setParams(INDArray values, char order) {
        paramsFlattened.assign(values.reshape(paramsFlattened.shape()));
    }

    @Override
    public void setParamsViewArray(@Nullable INDArray view) {
        this.paramsFlattened = view;
    }

    @Override
    public long numParams() {
        return description().count();
    }

    @Override
    public Layer clone() {
        NeuralNetConfiguration copied = conf.clone();
        INDArray flat = paramsFlattened == null ? null : paramsFlattened.dup();
        return copied.getLayer().instantiate(copied, trainingListeners, index, flat, false, dataType);
    }

    @Override
    public void close() {
        super.close();
        if (computation != null) {
            computation.close();
            computation = null;
        }
    }
}
