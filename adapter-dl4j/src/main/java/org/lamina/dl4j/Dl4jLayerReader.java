package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Json;
import org.lamina.layer.Layer;
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
import org.lamina.layers.Permute;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softmax;
import org.lamina.port.Misfits;
import org.lamina.port.NativeLayerConverter;

/**
 * Turns layers of Deeplearning4j into neutral ones, in the order of the network's parameters. An activation that a layer of
 * Deeplearning4j has in it becomes a layer of its own, and so do the dropout before a layer and the flattening that a preprocessor
 * does.
 */
final class Dl4jLayerReader {
    private final Supplier<Dl4jCoefficients> coefficients;
    private final List<Layer> layers = new ArrayList<>();
    private final Map<String, HostArray> weights = new LinkedHashMap<>();
    private boolean flatInput;
    /** True while the values are (batch, time, features), which Deeplearning4j has with the time last. */
    private boolean sequence;

    /** @param coefficients gives the parameters, those of the layers before taken */
    Dl4jLayerReader(Supplier<Dl4jCoefficients> coefficients) {
        this(coefficients, false);
    }

    /** @param sequence true if the first layer gets a sequence */
    Dl4jLayerReader(Supplier<Dl4jCoefficients> coefficients, boolean sequence) {
        this.coefficients = coefficients;
        this.sequence = sequence;
    }

    /**
     * What a preprocessor does before a layer.
     *
     * @param first true if it gets the network's input, and is all that gets it
     */
    void preprocess(Dl4jSettings preprocessor, boolean first) {
        switch (preprocessor.type()) {
            case "CnnToFeedForwardPreProcessor" -> {
                if (!preprocessor.text("format").equals("NCHW")) {
                    throw Misfits.unsupported(
                            "its preprocessor flattens images of format " + preprocessor.text("format"));
                }
                layers.add(new Flatten());
            }
            case "FeedForwardToCnnPreProcessor" -> {
                if (!first) {
                    throw Misfits.unsupported("its preprocessor makes images of rows within the network");
                }
                flatInput = true;
            }
            case "" -> {
                if (preprocessor.has("@class")) {
                    throw Misfits.unsupported("its preprocessor is " + preprocessor.named());
                }
            }
            default -> throw Misfits.unsupported("its preprocessor is a " + preprocessor.type());
        }
    }

    /** A layer, with the dropout before it and the activation in it. */
    void add(Dl4jSettings layer) {
        if (layer.has("idropout")) {
            addDropout(layer.object("idropout"));
        }
        Optional<NativeLayerConverter> converter = NativeLayerConverter.find(Dl4jFormat.NAME, layer.named());
        if (converter.isPresent()) {
            addConverted(converter.get(), layer);
        } else {
            addKnown(layer);
        }
    }

    private void addConverted(NativeLayerConverter converter, Dl4jSettings layer) {
        Map<String, HostArray> taken = new LinkedHashMap<>();
        layers.add(converter.convert(new Json.Fields(layer.fields()), new NativeLayerConverter.Parameters() {
            @Override
            public HostArray take(String path, long... sizes) {
                return kept(path, coefficients.get().next(sizes));
            }

            @Override
            public HostArray takeMatrix(String path, long rows, long columns) {
                return kept(path, coefficients.get().nextMatrix(rows, columns));
            }

            private HostArray kept(String path, HostArray value) {
                taken.put(path, value);
                return value;
            }
        }));
        taken.forEach(this::put);
    }

    private void addKnown(Dl4jSettings layer) {
        addLayer(layer);
        switch (layer.type()) {
            case "LSTM", "SimpleRnn", "EmbeddingSequenceLayer", "RnnOutputLayer" -> sequence = true;
            case "ConvolutionLayer", "SubsamplingLayer", "LastTimeStep", "GlobalPoolingLayer" -> sequence = false;
            default -> {}
        }
    }

    private void addLayer(Dl4jSettings layer) {
        switch (layer.type()) {
            case "DenseLayer", "OutputLayer", "RnnOutputLayer" -> addDense(layer);
            case "ConvolutionLayer" -> addConvolution(layer);
            case "SubsamplingLayer" -> addPool(layer);
            case "BatchNormalization" -> addNormalization(layer);
            case "LSTM" -> addLstm(layer, true);
            case "SimpleRnn" -> addSimpleRnn(layer, true);
            case "LastTimeStep" -> addLast(layer.object("underlying"));
            case "EmbeddingSequenceLayer" -> addEmbedding(layer);
            case "GlobalPoolingLayer" -> addGlobalPool(layer);
            case "ActivationLayer" -> addActivationLayer(layer);
            case "Dl4jLayer" -> addOwn(layer);
            case "DropoutLayer" -> {
                if (!layer.has("idropout")) {
                    throw Misfits.unsupported("it has no dropout");
                }
            }
            default ->
                throw Misfits.unsupported(
                        "there is no equal of " + layer.named() + ", and no NativeLayerConverter is registered for it");
        }
    }

    /** Deeplearning4j's p is the probability to keep an element. */
    private void addDropout(Dl4jSettings dropout) {
        if (!dropout.type().equals("Dropout") || dropout.has("pschedule")) {
            throw Misfits.unsupported("its dropout is " + dropout.named());
        }
        layers.add(new Dropout(1 - dropout.number("p")));
    }

    private void addActivation(Dl4jSettings layer) {
        Dl4jActivations.read(layer.object("activationFn")).ifPresent(layers::add);
    }

    /** Along the last axis, which is the time of a sequence. */
    private void addActivationLayer(Dl4jSettings layer) {
        if (sequence && layer.object("activationFn").type().equals("ActivationSoftmax")) {
            layers.addAll(List.of(Permute.of(0, 2, 1), new Softmax(), Permute.of(0, 2, 1)));
        } else {
            addActivation(layer);
        }
    }

    private void put(String name, HostArray value) {
        weights.put((layers.size() - 1) + "." + name, value);
    }

    private static void requireBias(Dl4jSettings layer) {
        if (!layer.truth("hasBias")) {
            throw Misfits.unsupported("it has no bias");
        }
    }

    private void addDense(Dl4jSettings layer) {
        requireBias(layer);
        if (layer.truth("hasLayerNorm")) {
            throw Misfits.unsupported("it normalizes within (hasLayerNorm)");
        }
        long units = layer.size("nout");
        layers.add(new Dense(units));
        put("weight", coefficients.get().nextMatrix(layer.size("nin"), units));
        put("bias", coefficients.get().next(units));
        addActivation(layer);
    }

    private static List<List<Long>> padding(Dl4jSettings layer) {
        String mode = layer.text("convolutionMode");
        String format = layer.text("cnn2dDataFormat");
        if (!mode.equals("Truncate") && !mode.equals("Strict")) {
            throw Misfits.unsupported("convolutionMode is " + mode + "; give explicit padding");
        }
        if (!format.equals("NCHW")) {
            throw Misfits.unsupported("its images are " + format);
        }
        return layer.sizes("padding", 0).stream()
                .map(width -> List.of(width, width))
                .toList();
    }

    private void addConvolution(Dl4jSettings layer) {
        requireBias(layer);
        long filters = layer.size("nout");
        List<Long> kernel = layer.sizes("kernelSize", 1);
        layers.add(
                new Conv2d(filters, kernel, layer.sizes("stride", 1), padding(layer), layer.sizes("dilation", 1), 1));
        HostArray bias = coefficients.get().next(filters);
        put("weight", coefficients.get().next(filters, layer.size("nin"), kernel.get(0), kernel.get(1)));
        put("bias", bias);
        addActivation(layer);
    }

    private void addPool(Dl4jSettings layer) {
        if (!layer.sizes("dilation", 1).equals(List.of(1L, 1L))) {
            throw Misfits.unsupported("dilation is " + layer.sizes("dilation", 1));
        }
        List<Long> kernel = layer.sizes("kernelSize", 1);
        List<Long> stride = layer.sizes("stride", 1);
        switch (layer.text("poolingType")) {
            case "MAX" -> layers.add(new MaxPool2d(kernel, stride, padding(layer)));
            case "AVG" ->
                layers.add(new AvgPool2d(kernel, stride, padding(layer), layer.truth("avgPoolIncludePadInDivisor")));
            default -> throw Misfits.unsupported("poolingType is " + layer.text("poolingType"));
        }
    }

    private void addGlobalPool(Dl4jSettings layer) {
        if (!layer.text("poolingType").equals("AVG") || !layer.truth("collapseDimensions")) {
            throw Misfits.unsupported(
                    "poolingType is " + layer.text("poolingType") + ", and only AVG of images is known");
        }
        if (sequence) {
            layers.add(Permute.of(0, 2, 1));
        }
        layers.add(new GlobalAveragePool());
    }

    private void addNormalization(Dl4jSettings layer) {
        if (layer.truth("lockGammaBeta")) {
            throw Misfits.unsupported("lockGammaBeta is true");
        }
        if (sequence) {
            throw Misfits.unsupported("it follows a sequence, on which Deeplearning4j itself cannot run it");
        }
        layers.add(new BatchNorm(layer.number("eps"), layer.number("decay"), false));
        long channels = layer.size("nout");
        put("gamma", coefficients.get().next(channels));
        put("beta", coefficients.get().next(channels));
        put("runningMean", coefficients.get().next(channels));
        put(
                "runningVariance",
                layer.truth("useLogStd")
                        ? coefficients.get().nextOfLogarithms(channels)
                        : coefficients.get().next(channels));
    }

    private void addLast(Dl4jSettings underlying) {
        switch (underlying.type()) {
            case "LSTM" -> addLstm(underlying, false);
            case "SimpleRnn" -> addSimpleRnn(underlying, false);
            default -> throw Misfits.unsupported("there is no equal of a LastTimeStep of " + underlying.named());
        }
    }

    private void addLstm(Dl4jSettings layer, boolean returnSequences) {
        requireActivation(layer, "activationFn", "ActivationTanH");
        requireActivation(layer, "gateActivationFn", "ActivationSigmoid");
        requireTimeLast(layer);
        long units = layer.size("nout");
        layers.add(new Lstm(units, returnSequences));
        split("weight", coefficients.get().nextMatrix(layer.size("nin"), 4 * units), units);
        split("recurrent", coefficients.get().nextMatrix(units, 4 * units), units);
        split("bias", coefficients.get().next(1, 4 * units), units);
    }

    private static void requireActivation(Dl4jSettings layer, String field, String type) {
        if (!layer.object(field).type().equals(type)) {
            throw Misfits.unsupported(field + " is " + layer.object(field).named());
        }
    }

    private static void requireTimeLast(Dl4jSettings layer) {
        if (!layer.text("rnnDataFormat").equals("NCW")) {
            throw Misfits.unsupported("rnnDataFormat is " + layer.text("rnnDataFormat"));
        }
    }

    private void split(String kind, HostArray all, long units) {
        int width = (int) units;
        long rows = all.shape().extent(0);
        for (int gate = 0; gate < Dl4jWriter.GATES.size(); gate++) {
            int first = gate * width;
            Shape shape = kind.equals("bias") ? Shape.of(units) : Shape.of(rows, units);
            put(
                    kind + Dl4jWriter.GATES.get(gate),
                    HostArray.generate(
                            new TensorType(all.dtype(), shape),
                            i -> all.doubleAt(i / width * 4 * width + first + i % width)));
        }
    }

    private void addSimpleRnn(Dl4jSettings layer, boolean returnSequences) {
        requireTimeLast(layer);
        if (layer.truth("hasLayerNorm")) {
            throw Misfits.unsupported("it normalizes within (hasLayerNorm)");
        }
        long units = layer.size("nout");
        Layer activation = Dl4jActivations.read(layer.object("activationFn"))
                .orElseThrow(() -> Misfits.unsupported("it has no activation"));
        layers.add(new SimpleRnn(units, returnSequences, activation));
        put("weight", coefficients.get().nextMatrix(layer.size("nin"), units));
        put("recurrent", coefficients.get().nextMatrix(units, units));
        put("bias", coefficients.get().next(units));
    }

    private void addEmbedding(Dl4jSettings layer) {
        if (layer.truth("hasBias")) {
            throw Misfits.unsupported("it has a bias");
        }
        if (layer.object("activationFn").type().equals("ActivationSoftmax")) {
            throw Misfits.unsupported("its activation is softmax, and along which axis it runs is not known");
        }
        layers.add(new Embedding(layer.size("nin"), layer.size("nout")));
        put("weight", coefficients.get().nextMatrix(layer.size("nin"), layer.size("nout")));
        addActivation(layer);
    }

    /** A layer of Lamina's own, whose layer.json can name nothing but what is registered. */
    private void addOwn(Dl4jSettings layer) {
        if (!layer.truth("timeLast")) {
            throw Misfits.unsupported("its sequences have the format NWC");
        }
        Dl4jDescription described =
                new Dl4jDescription(layer.text("layerJson"), List.of(Shape.of(layer.shape("inputShape"))));
        layers.add(described.layer());
        described
                .declarations()
                .values()
                .forEach(declaration -> put(
                        declaration.path(),
                        coefficients.get().next(declaration.type().shape().toArray())));
    }

    /** The layers, which follow one another. */
    Dl4jPiece piece() {
        return new Dl4jPiece(layers, weights);
    }

    /** How many layers there are by now. */
    int size() {
        return layers.size();
    }

    /** True if the last layer gives a sequence. */
    boolean isSequence() {
        return sequence;
    }

    /** True if the network takes rows and makes images of them first. */
    boolean flatInput() {
        return flatInput;
    }
}
