package org.lamina.dl4j;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * A Lamina layer as a layer of Deeplearning4j, for MultiLayerNetwork and ComputationGraph: initialised by Lamina's initializers,
 * computed and differentiated by Lamina's graphs on ND4J's arrays, trained by Deeplearning4j's updaters.
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new Adam(0.01)).list()
 *         .layer(new DenseLayer.Builder().nOut(128).activation(Activation.IDENTITY).build())
 *         .layer(new Dl4jLayer.Builder(new CenteredLayer()).build())
 *         ...
 *         .setInputType(InputType.feedForward(64))
 * }</pre>
 *
 * <p>The configuration holds the text of a layer.json, so the layer must be registered ({@link org.lamina.layer.LayerProvider}),
 * and a network is saved and restored as any other. Parameters of two axes or more are weights to Deeplearning4j, others biases:
 * that is what regularization and updaters of biases go by. States, such as running means, are replaced in the backward pass of
 * a step of training; updaters leave them and constants alone.
 *
 * <p>Rows are (batch, features) and images (batch, channels, height, width) on both sides. A sequence is (batch, features,
 * time) in Deeplearning4j and (batch, time, features) in the layer: it is turned on its way in and out. An activation, a weight
 * initialization or a bias initialization set for the network is not used: they are part of the layer. Masks are refused.
 */
public final class Dl4jLayer extends BaseLayer {
    private static final long serialVersionUID = 1;

    private String layerJson = "";
    private long @Nullable [] inputShape;
    private @Nullable Long seed;
    private boolean timeLast = true;
    private transient @Nullable Dl4jDescription description;

    /** For Jackson. */
    private Dl4jLayer() {}

    private Dl4jLayer(Builder builder) {
        super(builder);
        this.layerJson = builder.layerJson;
        this.inputShape = builder.inputShape;
        this.seed = builder.seed;
        this.activationFn = new ActivationIdentity();
        initializeConstraints(builder);
    }

    /** Builds the configuration of a layer, as the builders of Deeplearning4j's own do. */
    @SuppressWarnings("unchecked") // Deeplearning4j's build() gives whatever type is asked for
    public static final class Builder extends BaseLayer.Builder<Builder> {
        private final String layerJson;
        private long @Nullable [] inputShape;
        private @Nullable Long seed;

        /** @throws LaminaException UNKNOWN_LAYER if the layer, or one in it, is not registered */
        public Builder(Layer layer) {
            this(LayerJson.standard().format(Arguments.require(layer, "Dl4jLayer.Builder", "layer")));
        }

        /** @param layerJson the text of a layer.json */
        public Builder(String layerJson) {
            this.layerJson = layerJson;
        }

        /** The shape of one sample as the layer sees it, where the network is given no input type: (features) or (time, features) or (channels, height, width). */
        public Builder inputShape(long... sizes) {
            this.inputShape = sizes.clone();
            return this;
        }

        /**
         * Draws the parameters, the same bits as {@code Model.initialize} with it, and random numbers in training, the same as
         * {@code Trainer.of}. Without it they follow from the network's seed.
         */
        public Builder seed(long value) {
            this.seed = value;
            return this;
        }

        @Override
        public Dl4jLayer build() {
            return new Dl4jLayer(this);
        }
    }

    /** The text of the layer.json. */
    public String getLayerJson() {
        return layerJson;
    }

    /** For Jackson. */
    public void setLayerJson(String text) {
        this.layerJson = text;
        this.description = null;
    }

    /** The shape of one sample as the layer sees it, null until it is known. */
    public long @Nullable [] getInputShape() {
        return inputShape == null ? null : inputShape.clone();
    }

    /** The shape of one sample as the layer sees it. */
    public void setInputShape(long @Nullable [] sizes) {
        this.inputShape = sizes == null ? null : sizes.clone();
        this.description = null;
    }

    /** The seed, null if it follows from the network's. */
    public @Nullable Long getSeed() {
        return seed;
    }

    /** See {@link Builder#seed}. */
    public void setSeed(@Nullable Long value) {
        this.seed = value;
    }

    /** True if sequences have their time last in the network, as they do unless it has the format NWC. */
    public boolean isTimeLast() {
        return timeLast;
    }

    /** For Jackson, and for networks of the format NWC without an input type. */
    public void setTimeLast(boolean value) {
        this.timeLast = value;
    }

    Dl4jDescription description() {
        Dl4jDescription known = description;
        if (known == null) {
            if (inputShape == null) {
                throw new LaminaException(
                        ErrorCode.NOT_INITIALIZED,
                        "layer " + getLayerName()
                                + ": the shape of its input is not known, so it has no parameters yet. Call "
                                + "setInputType on the network's configuration, or inputShape on this layer's.");
            }
            known = new Dl4jDescription(layerJson, List.of(Shape.of(inputShape)));
            description = known;
        }
        return known;
    }

    @Override
    public org.deeplearning4j.nn.api.Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        Dl4jLayerImplementation implementation = new Dl4jLayerImplementation(conf, networkDataType, layerIndex);
        implementation.setListeners(trainingListeners);
        implementation.setIndex(layerIndex);
        implementation.setParamsViewArray(layerParamsView);
        implementation.setParamTable(initializer().init(conf, layerParamsView, initializeParams));
        return implementation;
    }

    @Override
    public ParamInitializer initializer() {
        return new Dl4jParameters();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        Dl4jDescription described = new Dl4jDescription(layerJson, List.of(Dl4jInputTypes.shape(inputType)));
        return Dl4jInputTypes.type(described.output(), inputType);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (inputShape == null || override) {
            setInputShape(Dl4jInputTypes.shape(inputType).toArray());
        }
        timeLast = Dl4jInputTypes.isTimeLast(inputType);
    }

    /** None: the layer takes what comes. */
    @Override
    public @Nullable InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return null;
    }

    @Override
    public boolean isPretrainParam(String paramName) {
        return false;
    }

    /** What is not trained is left alone. */
    @Override
    public IUpdater getUpdaterByParam(String paramName) {
        return Dl4jDescription.isTrained(description().declaration(paramName))
                ? super.getUpdaterByParam(paramName)
                : new NoOp();
    }

    @Override
    public LayerMemoryReport getMemoryReport(InputType inputType) {
        InputType output = getOutputType(-1, inputType);
        long count = new Dl4jDescription(layerJson, List.of(Dl4jInputTypes.shape(inputType))).count();
        long updater = iUpdater == null ? 0 : iUpdater.stateSize(count);
        return new LayerMemoryReport.Builder(layerName, Dl4jLayer.class, inputType, output)
                .standardMemory(count, updater)
                .workingMemory(0, 0, 0, output.arrayElementsPerExample())
                .cacheMemory(MemoryReport.CACHE_MODE_ALL_ZEROS, MemoryReport.CACHE_MODE_ALL_ZEROS)
                .build();
    }

    @Override
    public Dl4jLayer clone() {
        return (Dl4jLayer) super.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dl4jLayer that
                && super.equals(other)
                && layerJson.equals(that.layerJson)
                && Arrays.equals(inputShape, that.inputShape)
                && Objects.equals(seed, that.seed)
                && timeLast == that.timeLast;
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof Dl4jLayer;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), layerJson, Arrays.hashCode(inputShape), seed, timeLast);
    }

    @Override
    public String toString() {
        return "Dl4jLayer(" + layerJson.replaceAll("\\s+", " ") + ")";
    }
}
