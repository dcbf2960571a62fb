package org.lamina.dl4j;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The parameters of a {@link Dl4jLayer} in the flat array of its network: what it declares, in that order, each in C order. */
final class Dl4jParameters implements ParamInitializer {
    private static Dl4jDescription description(Layer layer) {
        return ((Dl4jLayer) layer).description();
    }

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        return description(layer).count();
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return description(layer).keys(any -> true);
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return description(layer).keys(Dl4jDescription::isWeight);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return description(layer).keys(Dl4jDescription::isBias);
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return Dl4jDescription.isWeight(description(layer).declaration(key));
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return Dl4jDescription.isBias(description(layer).declaration(key));
    }

    /** Without a seed of its own a layer takes the next of ND4J's generator, which the network seeds before its first layer. */
    @Override
    public Map<String, INDArray> init(
            NeuralNetConfiguration conf, @Nullable INDArray paramsView, boolean initializeParams) {
        Map<String, INDArray> views = getGradientsFromFlattened(conf, paramsView);
        if (initializeParams && !views.isEmpty()) {
            Long seed = ((Dl4jLayer) conf.getLayer()).getSeed();
            description(conf.getLayer())
                    .draw(views, seed == null ? Nd4j.getRandom().nextLong() : seed);
        }
        views.keySet().forEach(conf::addVariable);
        return views;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
            NeuralNetConfiguration conf, @Nullable INDArray gradientView) {
        return gradientView == null ? Map.of() : description(conf.getLayer()).views(gradientView);
    }
}
