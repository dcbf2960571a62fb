package org.lamina.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBaseBlock;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.FormCache;

/**
 * A layer as a block of DJL, for its SequentialBlock, ParallelBlock, Trainer, Model and Predictor, on the PyTorch and the MXNet
 * engine.
 *
 * <pre>{@code
 * Block net = new SequentialBlock()
 *         .add(Linear.builder().setUnits(128).build())
 *         .add(DjlBlock.of(new CenteredLayer()));
 * }</pre>
 *
 * <p>Inputs and outputs are those of the layer, in order. Parameters are declared when the block is initialised, named by their
 * paths ({@code weight}, {@code 0.weight}) and drawn by the layer's own initializers, the same bits as in a {@link Model} of the
 * same seed; a DJL initializer that is set for their type, their name or a predicate takes the place of these. Constants and
 * states are parameters too, of a type of running values, and never trained.
 *
 * <p>The derivative that DJL's gradient collector gets is Lamina's own, also of ops that the engine itself differentiates
 * otherwise, and of layers that bring a derivative. In training, {@code scope.training()} is true, states are replaced, and the
 * draws of call number n are those of training step n of Lamina's trainer with the block's seed.
 *
 * <p>Prediction may run on many threads, a Predictor for each. What was made of native memory belongs to the manager of the
 * inputs, or to that of the parameters.
 */
public final class DjlBlock extends AbstractBaseBlock {
    private static final byte VERSION = 1;

    private record Kind(boolean mxnet, boolean training) {}

    private final Layer layer;
    private final long seed;
    private final List<DataType> inputTypes;
    private final DjlParameters parameters = new DjlParameters();
    private final AtomicLong steps = new AtomicLong();
    private final Map<Kind, FormCache<DjlForm>> forms = new ConcurrentHashMap<>();
    private volatile DType dtype = DType.FLOAT32;
    private volatile boolean isDeclared;
    private volatile @Nullable NDManager owner;

    private DjlBlock(Layer layer, long seed, List<DataType> inputTypes) {
        super(VERSION);
        this.layer = layer;
        this.seed = seed;
        this.inputTypes = inputTypes;
    }

    /** A block of a layer with float inputs, its parameters drawn by seed 0. */
    public static DjlBlock of(Layer layer) {
        Arguments.require(layer, "DjlBlock.of", "layer");
        return of(layer, 0);
    }

    /**
     * A block of a layer.
     *
     * @param seed of the parameters' values, and of draws such as dropout masks
     * @param inputTypes of the inputs, in order, where they are not those of the parameters, such as {@code INT64} for the
     *     indices of an embedding
     */
    public static DjlBlock of(Layer layer, long seed, DataType... inputTypes) {
        Arguments.require(layer, "DjlBlock.of", "layer");
        Arguments.requireAll(inputTypes, "DjlBlock.of", "inputTypes");
        return new DjlBlock(layer, seed, List.of(inputTypes));
    }

    /** The layer. */
    public Layer layer() {
        return layer;
    }

    @Override
    public void setInitializer(Initializer initializer, Parameter.Type type) {
        Arguments.require(initializer, "DjlBlock.setInitializer", "initializer");
        Arguments.require(type, "DjlBlock.setInitializer", "type");
        parameters.wish(initializer, parameter -> parameter.getType() == type);
    }

    /** Sets what the parameter of a path is drawn by. */
    @Override
    public void setInitializer(Initializer initializer, String path) {
        Arguments.require(initializer, "DjlBlock.setInitializer", "initializer");
        Arguments.require(path, "DjlBlock.setInitializer", "path");
        parameters.wish(initializer, parameter -> parameter.getName().equals(path));
    }

    @Override
    public void setInitializer(Initializer initializer, Predicate<Parameter> predicate) {
        Arguments.require(initializer, "DjlBlock.setInitializer", "initializer");
        Arguments.require(predicate, "DjlBlock.setInitializer", "predicate");
        parameters.wish(initializer, predicate);
    }

    /** Has no children: the layers in the layer are its own. */
    @Override
    public BlockList getChildren() {
        return new BlockList();
    }

    /** The declared values by path; before the block is initialised one for each type, on which wishes can be set. */
    @Override
    public ParameterList getDirectParameters() {
        return parameters.list();
    }

    @Override
    public void initialize(NDManager manager, DataType dataType, Shape... inputShapes) {
        if (!isInitialized()) {
            dtype = DjlArray.dtype(dataType);
            owner = manager;
        }
        super.initialize(manager, dataType, inputShapes);
    }

    /** Declares the parameters for inputs of some shapes. */
    @Override
    protected void prepare(Shape[] inputShapes) {
        TracedLayer traced = Trace.declaring(layer, dtype, types(inputShapes, dtype));
        forgetForms();
        parameters.declare(traced.declarations().values(), seed);
        outputDataTypes = traced.outputs().stream()
                .map(output -> DjlArray.dataType(output.type().dtype()))
                .toArray(DataType[]::new);
        isDeclared = true;
        if (traced.declarations().isEmpty()) {
            // DJL initialises a block without parameters by the manager of a call, which may be gone at the next.
            owner = null;
        }
    }

    private TracedLayer trace(Shape[] shapes, DType of) {
        return Trace.of(layer, of, types(shapes, of), false);
    }

    private List<TensorType> types(Shape[] shapes, DType of) {
        return IntStream.range(0, shapes.length)
                .mapToObj(i -> new TensorType(
                        i < inputTypes.size() ? DjlArray.dtype(inputTypes.get(i)) : of,
                        org.lamina.Shape.of(shapes[i].getShape())))
                .toList();
    }

    /**
     * The shapes of the outputs.
     *
     * @param inputShapes the first size may be -1 for an unknown batch, and is then -1 in the outputs that have it
     */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        boolean isOpen = Arrays.stream(inputShapes)
                .flatMapToLong(shape -> Arrays.stream(shape.getShape()))
                .anyMatch(size -> size < 0);
        try {
            return outputShapes(inputShapes);
        } catch (LaminaException e) {
            if (!isOpen) {
                throw e;
            }
            return common(outputShapes(bound(inputShapes, 2)), outputShapes(bound(inputShapes, 3)));
        }
    }

    private Shape[] outputShapes(Shape[] inputShapes) {
        return trace(inputShapes, dtype).outputs().stream()
                .map(output -> DjlArray.shape(output.type().shape()))
                .toArray(Shape[]::new);
    }

    private static Shape[] bound(Shape[] shapes, long size) {
        return Arrays.stream(shapes)
                .map(shape -> new Shape(Arrays.stream(shape.getShape())
                        .map(extent -> extent < 0 ? size : extent)
                        .toArray()))
                .toArray(Shape[]::new);
    }

    /** A layer that asks for the size of the batch is tried with two: where the outputs differ they depend on it. */
    private static Shape[] common(Shape[] some, Shape[] others) {
        Shape[] common = new Shape[some.length];
        Arrays.setAll(common, i -> {
            long[] sizes = some[i].getShape().clone();
            Shape other = others[i];
            Arrays.setAll(sizes, axis -> sizes[axis] == other.get(axis) ? sizes[axis] : -1);
            return new Shape(sizes);
        });
        return common;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
        NDManager manager = inputs.head().getManager();
        Kind kind = new Kind(DjlProvider.isMxnet(manager), training);
        FormCache<DjlForm> cache = forms.computeIfAbsent(kind, key -> new FormCache<>(types -> compile(key, types)));
        try (FormCache<DjlForm>.Lease lease =
                cache.acquire(inputs.stream().map(DjlArray::type).toList())) {
            Device device = inputs.head().getDevice();
            Map<String, NDArray> values = new LinkedHashMap<>();
            lease.form().paths().forEach(path -> {
                values.put(path, parameterStore.getValue(parameters.get(path), device, training));
            });
            return lease.form().run(inputs, values, training ? seed : 0, training ? steps.incrementAndGet() : 0);
        }
    }

    private DjlForm compile(Kind kind, List<TensorType> types) {
        DType of = isDeclared
                ? dtype
                : Width.of(types.stream().map(TensorType::dtype).toList(), List.of(), List.of());
        TracedLayer traced = Trace.of(layer, of, types, kind.training);
        traced.declarations().values().forEach(declaration -> {
            if (!isDeclared) {
                throw new LaminaException(
                        ErrorCode.NOT_INITIALIZED,
                        "the block of " + layer
                                + " is not initialised, so it has no parameters yet. Call initialize, train "
                                + "it, or load its parameters first.");
            }
            if (!parameters.holds(declaration)) {
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "input: for " + types + " parameter " + declaration.path() + " would be " + declaration.type()
                                + " and in this block it is not. Give inputs like those the block was initialised for.");
            }
        });
        return new DjlForm(traced, kind.mxnet, kind.training, owner);
    }

    private void forgetForms() {
        forms.values().forEach(FormCache::close);
        forms.clear();
    }

    /** Frees the parameters. */
    @Override
    public void clear() {
        forgetForms();
        super.clear();
    }

    /** The declared values by path, in order of declaration. @throws LaminaException if the block is not initialised */
    public Map<String, HostArray> weights() {
        requireInitialized();
        Map<String, HostArray> weights = new LinkedHashMap<>();
        parameters.byPath().forEach((path, parameter) -> weights.put(path, DjlArray.host(parameter.getArray())));
        return weights;
    }

    /**
     * Replaces all declared values, in the memory they are in. Call it before a trainer is initialised: on MXNet a trainer keeps a
     * copy of its own, which it writes back at its next step.
     *
     * @throws LaminaException if the block is not initialised, or if values are missing, unexpected or of another dtype or shape;
     *     the message lists all of them, and nothing was replaced
     */
    public void setWeights(Map<String, HostArray> weights) {
        Arguments.requireAll(weights, "DjlBlock.setWeights", "weights");
        requireInitialized();
        List<String> wrong = new ArrayList<>();
        parameters.byPath().forEach((path, parameter) -> {
            HostArray value = weights.get(path);
            TensorType type = DjlArray.type(parameter.getArray());
            if (value == null) {
                wrong.add("missing " + path + " " + type);
            } else if (!value.type().equals(type)) {
                wrong.add(path + " is " + type + " in the block and " + value.type() + " in the weights");
            }
        });
        weights.forEach((path, value) -> {
            if (!parameters.byPath().containsKey(path)) {
                wrong.add("unexpected " + path + " " + value.type());
            }
        });
        if (!wrong.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "weights: they do not fit the block, and nothing was loaded: " + String.join("; ", wrong)
                            + ". Give the weights of this layer, initialised for inputs of the same shapes.");
        }
        parameters.byPath().forEach((path, parameter) -> write(parameter.getArray(), weights.get(path)));
    }

    private static void write(NDArray array, @Nullable HostArray value) {
        boolean mxnet = DjlProvider.isMxnet(array.getManager());
        if (value != null) {
            try (NDArray copy = DjlArray.upload(array.getManager(), value)) {
                new DjlRecording(array.getManager(), mxnet).write(copy, array);
            }
        }
    }

    /** Takes the values of a neutral model of the same layer, perhaps on another backend; see {@link #setWeights}. */
    public void copyFrom(Model model) {
        Arguments.require(model, "DjlBlock.copyFrom", "model");
        setWeights(model.parameters());
    }

    /** Gives the values to a neutral model of the same layer; see {@link Model#setParameters}. */
    public void copyTo(Model model) {
        Arguments.require(model, "DjlBlock.copyTo", "model");
        model.setParameters(weights());
    }

    private void requireInitialized() {
        if (!isInitialized()) {
            throw new LaminaException(
                    ErrorCode.NOT_INITIALIZED,
                    "the block of " + layer
                            + " is not initialised, so it has no parameters yet. Call initialize, train it, or "
                            + "load its parameters first.");
        }
    }

    @Override
    protected void saveMetadata(DataOutputStream os) throws IOException {
        saveInputShapes(os);
        os.writeUTF(dtype.name());
        os.writeLong(steps.get());
    }

    @Override
    public void loadParameters(NDManager manager, DataInputStream is) throws IOException, MalformedModelException {
        parameters.byPath().values().forEach(Parameter::close);
        inputShapes = null;
        owner = manager;
        try {
            super.loadParameters(manager, is);
        } catch (LaminaException | IllegalArgumentException e) {
            throw new MalformedModelException("These are no parameters of a block of " + layer + ".", e);
        }
        requireDeclaredShapes();
    }

    @Override
    protected void loadMetadata(byte loadVersion, DataInputStream is) throws IOException, MalformedModelException {
        super.loadMetadata(loadVersion, is);
        dtype = DType.valueOf(is.readUTF());
        steps.set(is.readLong());
        prepare(inputShapes);
    }

    private void requireDeclaredShapes() throws MalformedModelException {
        List<TensorType> declared = trace(inputShapes, dtype).declarations().values().stream()
                .map(declaration -> declaration.type())
                .toList();
        List<TensorType> loaded = parameters.byPath().values().stream()
                .map(parameter -> DjlArray.type(parameter.getArray()))
                .toList();
        if (!loaded.equals(declared)) {
            throw new MalformedModelException(
                    "The parameters of a block of " + layer + " are " + loaded + " and must be " + declared + ".");
        }
    }
}
