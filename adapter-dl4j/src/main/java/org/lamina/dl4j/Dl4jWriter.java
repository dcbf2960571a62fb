package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Embedding;
import org.lamina.layers.Flatten;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.Sequential;
import org.lamina.port.Misfits;
import org.lamina.port.WeightWidth;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Makes a MultiLayerNetwork out of a Sequential: of Deeplearning4j's own layers, and of {@link Dl4jLayer} where it has no equal. */
final class Dl4jWriter {
    /** The order of Deeplearning4j's gates. */
    static final List<String> GATES = List.of("Cell", "Forget", "Output", "Input");

    private final Map<String, HostArray> weights;
    private final List<TensorType> inputs;
    private final DType dtype;
    private final List<org.deeplearning4j.nn.conf.layers.Layer> natives = new ArrayList<>();
    private final Map<Integer, InputPreProcessor> preprocessors = new HashMap<>();
    /** For each native layer its parameters by Deeplearning4j's keys. */
    private final Map<Integer, Map<String, HostArray>> parameters = new LinkedHashMap<>();

    private final Misfits misfits = new Misfits();

    Dl4jWriter(Bundle model, List<TensorType> inputs) {
        this.weights = model.weights().tensors();
        this.inputs = inputs;
        this.dtype = WeightWidth.of(weights.values());
        List<Layer> before = new ArrayList<>();
        List<Layer> layers = model.layer() instanceof Sequential sequence ? sequence.layers() : List.of(model.layer());
        for (int i = 0; i < layers.size(); i++) {
            String path = model.layer() instanceof Sequential ? i + "." : "";
            add(path, layers.get(i), shapeAfter(before), i == layers.size() - 1);
            before.add(layers.get(i));
        }
        misfits.requireNone("the model does not go into dl4j", "Change the model, or port it to another format.");
    }

    private Shape shapeAfter(List<Layer> before) {
        return before.isEmpty()
                ? inputs.get(0).shape()
                : Trace.of(new Sequential(before), dtype, inputs, false)
                        .outputs()
                        .get(0)
                        .type()
                        .shape();
    }

    private void add(String path, Layer layer, Shape input, boolean last) {
        try {
            parameters.put(natives.size(), new LinkedHashMap<>());
            convert(path, layer, input, last);
        } catch (LaminaException e) {
            addOwn(path, layer, input, String.valueOf(e.getMessage()));
        }
    }

    /** @param reason why none of Deeplearning4j's layers will do */
    private void addOwn(String path, Layer layer, Shape input, String reason) {
        try {
            Map<String, HostArray> own = new LinkedHashMap<>();
            parameters.put(natives.size(), own);
            long[] sample = input.slice(1, input.rank()).toArray();
            String text = LayerJson.standard().format(layer);
            for (Declaration declaration : new Dl4jDescription(text, List.of(Shape.of(sample)))
                    .declarations()
                    .values()) {
                own.put(Dl4jDescription.key(declaration.path()), weight(path + declaration.path()));
            }
            natives.add(new Dl4jLayer.Builder(text).inputShape(sample).build());
        } catch (LaminaException e) {
            misfits.add(
                    path.isEmpty() ? "the model" : path.substring(0, path.length() - 1),
                    "(" + layer.getClass().getSimpleName() + ") " + reason + "; and Lamina's own layer: "
                            + e.getMessage());
        }
    }

    private void convert(String path, Layer layer, Shape input, boolean last) {
        if (layer instanceof Dense dense) {
            addDense(path, dense, input, last);
        } else if (layer instanceof Conv2d convolution) {
            addConvolution(path, convolution);
        } else if (layer instanceof MaxPool2d pool) {
            addPool(SubsamplingLayer.PoolingType.MAX, pool.kernel(), pool.stride(), pool.padding(), false);
        } else if (layer instanceof AvgPool2d pool) {
            addPool(
                    SubsamplingLayer.PoolingType.AVG,
                    pool.kernel(),
                    pool.stride(),
                    pool.padding(),
                    pool.countIncludePad());
        } else if (layer instanceof BatchNorm normalization) {
            addNormalization(path, normalization, input);
        } else if (layer instanceof Lstm lstm) {
            addLstm(path, lstm, input);
        } else if (layer instanceof org.lamina.layers.SimpleRnn recurrent) {
            addSimpleRnn(path, recurrent, input);
        } else if (layer instanceof Embedding embedding) {
            addEmbedding(path, embedding, input);
        } else if (layer instanceof GlobalAveragePool) {
            requireRank(input, 4);
            natives.add(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
        } else if (layer instanceof Dropout dropout) {
            natives.add(new DropoutLayer.Builder(1 - dropout.rate()).build());
        } else if (layer instanceof Flatten) {
            addFlatten(input, last);
        } else {
            addActivation(layer, input);
        }
    }

    private static void requireRank(Shape input, int rank) {
        if (input.rank() != rank) {
            throw Misfits.unsupported("its input is " + input + ", and Deeplearning4j's layer takes " + rank + " axes");
        }
    }

    private void addActivation(Layer layer, Shape input) {
        IActivation activation = Dl4jActivations.write(layer)
                .orElseThrow(() -> Misfits.unsupported("Deeplearning4j has no layer of this kind"));
        if (layer instanceof org.lamina.layers.Softmax) {
            requireRank(input, 2);
        }
        natives.add(new ActivationLayer(activation));
    }

    private void addFlatten(Shape input, boolean last) {
        if (last) {
            throw Misfits.unsupported("a network of Deeplearning4j cannot end with it");
        }
        requireRank(input, 4);
        preprocessors.put(
                natives.size(), new CnnToFeedForwardPreProcessor(input.extent(2), input.extent(3), input.extent(1)));
    }

    private HostArray weight(String path) {
        HostArray weight = weights.get(path);
        if (weight == null) {
            throw Misfits.unsupported("it has no " + path + " of its own, as it shares another layer's");
        }
        return weight;
    }

    private void parameter(String key, HostArray value) {
        Objects.requireNonNull(parameters.get(natives.size())).put(key, value);
    }

    private static IActivation activation(Dense dense) {
        Layer activation = dense.activation();
        return activation == null
                ? Dl4jActivations.identity()
                : Dl4jActivations.write(activation)
                        .orElseThrow(() -> Misfits.unsupported(
                                "its activation " + activation.getClass().getSimpleName() + " has no equal"));
    }

    private void addDense(String path, Dense dense, Shape input, boolean last) {
        parameter("W", weight(path + "weight"));
        parameter("b", weight(path + "bias"));
        long in = input.dim(-1);
        if (input.rank() == 3 && last) {
            natives.add(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                    .nIn(in)
                    .nOut(dense.units())
                    .activation(activation(dense))
                    .build());
            return;
        }
        requireRank(input, 2);
        natives.add(new DenseLayer.Builder()
                .nIn(in)
                .nOut(dense.units())
                .activation(activation(dense))
                .build());
    }

    private static int[] ints(List<Long> values) {
        return values.stream().mapToInt(Math::toIntExact).toArray();
    }

    private static int[] symmetric(List<List<Long>> padding) {
        if (padding.stream().anyMatch(pair -> !pair.get(0).equals(pair.get(1)))) {
            throw Misfits.unsupported("padding is " + padding + ", and Deeplearning4j pads both sides alike");
        }
        return padding.stream().mapToInt(pair -> Math.toIntExact(pair.get(0))).toArray();
    }

    private void addConvolution(String path, Conv2d layer) {
        if (layer.groups() != 1) {
            throw Misfits.unsupported("groups is " + layer.groups() + ", and Deeplearning4j's convolution has none");
        }
        HostArray kernel = weight(path + "weight");
        parameter("W", kernel);
        parameter("b", weight(path + "bias"));
        natives.add(new ConvolutionLayer.Builder(ints(layer.kernel()), ints(layer.stride()), symmetric(layer.padding()))
                .dilation(ints(layer.dilation()))
                .nIn(kernel.shape().extent(1))
                .nOut(layer.filters())
                .convolutionMode(ConvolutionMode.Truncate)
                .activation(Dl4jActivations.identity())
                .build());
    }

    private void addPool(
            SubsamplingLayer.PoolingType type,
            List<Long> kernel,
            List<Long> stride,
            List<List<Long>> padding,
            boolean countIncludePad) {
        natives.add(new SubsamplingLayer.Builder(type, ints(kernel), ints(stride), symmetric(padding))
                .convolutionMode(ConvolutionMode.Truncate)
                .avgPoolIncludePadInDivisor(countIncludePad)
                .build());
    }

    private void addNormalization(String path, BatchNorm layer, Shape input) {
        if (input.rank() != 2) {
            requireRank(input, 4);
        }
        parameter("gamma", weight(path + "gamma"));
        parameter("beta", weight(path + "beta"));
        parameter("mean", weight(path + "runningMean"));
        parameter("var", weight(path + "runningVariance"));
        natives.add(new BatchNormalization.Builder()
                .nIn(input.extent(1))
                .nOut(input.extent(1))
                .eps(layer.epsilon())
                .decay(layer.decay())
                .useLogStd(false)
                .build());
    }

    private void addLstm(String path, Lstm layer, Shape input) {
        parameter("W", joined(path + "weight"));
        parameter("RW", joined(path + "recurrent"));
        parameter("b", joined(path + "bias"));
        LSTM recurrent = new LSTM.Builder()
                .nIn(input.extent(2))
                .nOut(layer.units())
                .activation(Dl4jActivations.write(new org.lamina.layers.Tanh()).orElseThrow())
                .build();
        natives.add(layer.returnSequences() ? recurrent : new LastTimeStep(recurrent));
    }

    private HostArray joined(String kind) {
        List<HostArray> gates = GATES.stream().map(gate -> weight(kind + gate)).toList();
        int units = (int) gates.get(0).shape().dim(-1);
        long rows = gates.get(0).shape().rank() == 1 ? 1 : gates.get(0).shape().extent(0);
        return HostArray.generate(new TensorType(dtype, Shape.of(rows, 4L * units)), i -> gates.get(i / units % 4)
                .doubleAt(i / (4 * units) * units + i % units));
    }

    private void addSimpleRnn(String path, org.lamina.layers.SimpleRnn layer, Shape input) {
        parameter("W", weight(path + "weight"));
        parameter("RW", weight(path + "recurrent"));
        parameter("b", weight(path + "bias"));
        SimpleRnn recurrent = new SimpleRnn.Builder()
                .nIn(input.extent(2))
                .nOut(layer.units())
                .activation(Dl4jActivations.write(layer.activation())
                        .orElseThrow(() -> Misfits.unsupported("its activation has no equal")))
                .build();
        natives.add(layer.returnSequences() ? recurrent : new LastTimeStep(recurrent));
    }

    private void addEmbedding(String path, Embedding layer, Shape input) {
        requireRank(input, 2);
        parameter("W", weight(path + "weight"));
        natives.add(new EmbeddingSequenceLayer.Builder()
                .nIn(layer.size())
                .nOut(layer.units())
                .activation(Dl4jActivations.identity())
                .build());
    }

    /** The network with its weights. */
    MultiLayerNetwork network() {
        NeuralNetConfiguration.ListBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(0)
                .dataType(dtype == DType.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT)
                .list();
        natives.forEach(builder::layer);
        preprocessors.forEach(builder::inputPreProcessor);
        // Every layer knows its input; Deeplearning4j would guess it from the first layer, for sequences of another
        // length.
        MultiLayerConfiguration configuration = builder.overrideNinUponBuild(false)
                .validateOutputLayerConfig(false)
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        parameters.forEach((index, values) -> values.forEach((key, value) -> {
            INDArray parameter = network.getParam(index + "_" + key);
            try (INDArray copy = Dl4jArray.copy(value)) {
                parameter.assign(copy.reshape('c', parameter.shape()));
            }
        }));
        return network;
    }
}
