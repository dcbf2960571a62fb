package org.lamina;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lamina.graph.Node;
import org.lamina.layer.Declaration;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.FormCache;
import org.lamina.spi.NativeArray;
import org.lamina.spi.ParameterStore;

/**
 * A layer with weights on a backend. It owns the weights' native memory; close it, or the backend, when done. All methods may be
 * called from many threads: predictions run side by side, changes wait for them.
 *
 * <p>Every declared value, that is parameters, constants and states, has a path: the names of the layers it is in and its own
 * name, joined by dots, as {@code 0.weight}. Of a shared layer each path it is called by is an alias.
 */
public final class Model implements AutoCloseable {
    private final Backend backend;
    private final Layer layer;
    private final DType dtype;
    private final FormCache<Compiled> predictions = new FormCache<>(types -> compile(Compiled.Mode.PREDICT, types));
    private final FormCache<Compiled> derivatives = new FormCache<>(types -> compile(Compiled.Mode.GRADIENT, types));
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Set<String> frozen = new LinkedHashSet<>();
    private Set<String> trained = Set.of();
    private final Set<Runnable> closing = ConcurrentHashMap.newKeySet();
    private @Nullable Weights weights;
    private boolean closed;

    Model(Backend backend, Layer layer, DType dtype) {
        this.backend = backend;
        this.layer = layer;
        this.dtype = dtype;
    }

    /** The layer it runs. */
    public Layer layer() {
        return layer;
    }

    /** The dtype of its parameters. */
    public DType dtype() {
        return dtype;
    }

    /** The backend it runs on. */
    public Backend backend() {
        return backend;
    }

    /**
     * Declares the parameters by a dry trace and draws them: the lazy initialisation of the book's section 6.4. Done again, it
     * draws anew.
     *
     * @param inputShape the shape of a float input; the size of a batch axis does not matter and may be {@link Shape#BATCH}
     * @param seed the same seed gives the same bits on every backend
     * @return this model
     */
    public Model initialize(Shape inputShape, long seed) {
        Arguments.require(inputShape, "Model.initialize", "inputShape");
        return initialize(List.of(new TensorType(dtype, inputShape)), seed);
    }

    /** Declares and draws the parameters for inputs of some types; see {@link #initialize(Shape, long)}. */
    public Model initialize(List<TensorType> inputTypes, long seed) {
        return initialize(
                inputTypes,
                drawn -> drawn.declarations().values().forEach(declaration -> drawn.draw(declaration, null, seed)));
    }

    /**
     * Declares the parameters for inputs of some types and gives them values, such as those of a file.
     *
     * @param values by path
     * @return this model
     * @throws LaminaException if values are missing, unexpected or of another dtype or shape; the message lists all of them
     */
    public Model initialize(List<TensorType> inputTypes, Map<String, HostArray> values) {
        Arguments.requireAll(values, "Model.initialize", "values");
        return initialize(inputTypes, fresh -> fresh.setAll(values));
    }

    private Model initialize(List<TensorType> inputTypes, Consumer<Weights> filling) {
        requireNoCall();
        TracedLayer traced = dryRun("Model.initialize", inputTypes);
        return changing(() -> {
            Weights fresh = new Weights(backend.engine(), traced);
            try {
                filling.accept(fresh);
            } catch (RuntimeException | Error e) {
                fresh.close();
                throw e;
            }
            if (weights != null) {
                weights.close();
            }
            forgetForms();
            weights = fresh;
            findTrained();
            return this;
        });
    }

    /** Initialises for an input and predicts from it, as Flax's {@code init_with_output}. */
    public HostArray initializeWithOutput(HostArray x, long seed) {
        Arguments.require(x, "Model.initializeWithOutput", "x");
        return initialize(List.of(x.type()), seed).predict(x);
    }

    /**
     * What the layer would declare and give for inputs of some types, without a backend's work and without initialising: a dry
     * run.
     */
    public TracedLayer dryRun(List<TensorType> inputTypes) {
        return dryRun("Model.dryRun", inputTypes);
    }

    private TracedLayer dryRun(String method, List<TensorType> inputTypes) {
        return Trace.declaring(layer, dtype, Arguments.requireAll(inputTypes, method, "inputTypes"));
    }

    /**
     * The output for one input.
     *
     * @throws LaminaException if the input does not fit, or the model is not initialised or closed
     */
    public HostArray predict(HostArray x) {
        List<HostArray> outputs = predict(List.of(Arguments.require(x, "Model.predict", "x")));
        if (outputs.size() != 1) {
            throw new LaminaException(
                    ErrorCode.ARITY,
                    "predict: the layer gave " + outputs.size() + " outputs. Call predict(List.of(x)).");
        }
        return outputs.get(0);
    }

    /** The outputs for a list of inputs. */
    public List<HostArray> predict(List<HostArray> inputs) {
        Arguments.requireAll(inputs, "Model.predict", "inputs");
        return reading(() -> call(Compiled.Mode.PREDICT, inputs, List.of(), (form, outputs) -> outputs));
    }

    /** The gradients of the sum of the output, by the input and every declared value. */
    public Gradients gradients(HostArray x) {
        return gradients(List.of(Arguments.require(x, "Model.gradients", "x")), List.of());
    }

    /**
     * The gradients of the sum over outputs of (output times cotangent).
     *
     * @param cotangents one for each floating output, of its type; none means ones
     */
    public Gradients gradients(List<HostArray> inputs, List<HostArray> cotangents) {
        Arguments.requireAll(inputs, "Model.gradients", "inputs");
        Arguments.requireAll(cotangents, "Model.gradients", "cotangents");
        return reading(() -> call(Compiled.Mode.GRADIENT, inputs, cotangents, Model::gradients));
    }

    private static Gradients gradients(Compiled form, List<HostArray> results) {
        TracedLayer traced = form.traced();
        List<HostArray> outputs = results.subList(0, traced.outputs().size());
        Map<Node, HostArray> byNode = new LinkedHashMap<>();
        for (int i = 0; i < form.differentiated().size(); i++) {
            byNode.put(form.differentiated().get(i), results.get(outputs.size() + i));
        }
        List<@Nullable HostArray> inputs = new ArrayList<>();
        traced.inputs().forEach(input -> inputs.add(byNode.get(input)));
        Map<String, HostArray> parameters = new LinkedHashMap<>();
        traced.declared().forEach((path, node) -> parameters.put(path, byNode.get(node)));
        return new Gradients(
                List.copyOf(outputs), Collections.unmodifiableList(inputs), Collections.unmodifiableMap(parameters));
    }

    private interface Results<R> {
        R of(Compiled form, List<HostArray> outputs);
    }

    private <R> R call(Compiled.Mode mode, List<HostArray> inputs, List<HostArray> cotangents, Results<R> results) {
        Weights current = weights();
        FormCache<Compiled> forms = mode == Compiled.Mode.PREDICT ? predictions : derivatives;
        List<NativeArray> owned = new ArrayList<>(inputs.size() + 1);
        try (FormCache<Compiled>.Lease lease = forms.acquire(inputs, HostArray::type)) {
            Compiled form = lease.form();
            form.checkIndices(inputs);
            List<NativeArray> operands = form.operands(backend.engine(), inputs, cotangents, current, owned);
            List<NativeArray> outputs = form.executable().run(operands);
            return results.of(form, downloaded(outputs));
        } finally {
            closeAll(owned);
        }
    }

    private static void closeAll(List<NativeArray> arrays) {
        for (int i = 0; i < arrays.size(); i++) {
            arrays.get(i).close();
        }
    }

    // Plain loops by index: they run in every call, and a stream leaves more garbage than a small result.
    private static List<HostArray> downloaded(List<NativeArray> arrays) {
        try {
            List<HostArray> downloaded = new ArrayList<>(arrays.size());
            for (int i = 0; i < arrays.size(); i++) {
                downloaded.add(arrays.get(i).download());
            }
            return downloaded;
        } finally {
            closeAll(arrays);
        }
    }

    private Compiled compile(Compiled.Mode mode, List<TensorType> types) {
        TracedLayer traced = trace(types, false);
        return mode == Compiled.Mode.PREDICT
                ? Compiled.predict(backend.engine(), traced)
                : Compiled.gradient(backend.engine(), traced);
    }

    /**
     * The layer's graph for inputs of some types, whose declarations are this model's: for code that compiles more than a
     * prediction, such as a step of training.
     *
     * @param training what {@link org.lamina.layer.Scope#training} answers
     * @throws LaminaException if the layer does not take such inputs, or would declare something else for them
     */
    public TracedLayer trace(List<TensorType> inputTypes, boolean training) {
        Arguments.requireAll(inputTypes, "Model.trace", "inputTypes");
        return reading(() -> {
            TracedLayer traced = Trace.of(layer, dtype, inputTypes, training);
            traced.declarations().values().forEach(declaration -> requireHeld(declaration, inputTypes));
            return traced;
        });
    }

    private void requireHeld(Declaration declaration, List<TensorType> inputTypes) {
        Declaration held = weights().declarations().get(declaration.path());
        if (held == null || !held.type().equals(declaration.type())) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "input: for " + inputTypes + " parameter " + declaration.path() + " would be " + declaration.type()
                            + " and in this model it "
                            + (held == null ? "does not exist" : "is " + held.type())
                            + ". Give inputs like those the model was initialised for.");
        }
    }

    /** What the layers declared, in order. */
    public List<Declaration> declarations() {
        return reading(() -> List.copyOf(weights().declarations().values()));
    }

    /** The other paths of shared parameters, each with the path it is declared under. */
    public Map<String, String> aliases() {
        return reading(
                () -> Collections.unmodifiableMap(new LinkedHashMap<>(weights().aliases())));
    }

    /** The value at a path or an alias. @throws LaminaException if there is none; the message lists those there are */
    public HostArray parameter(String path) {
        Arguments.require(path, "Model.parameter", "path");
        return reading(() -> weights().download(path));
    }

    /** All declared values by path, in order of declaration. */
    public Map<String, HostArray> parameters() {
        return reading(() -> Collections.unmodifiableMap(weights().downloadAll()));
    }

    /** Replaces one value. @throws LaminaException if the path is unknown, or the dtype or shape differs */
    public Model setParameter(String path, HostArray value) {
        Arguments.require(path, "Model.setParameter", "path");
        Arguments.require(value, "Model.setParameter", "value");
        return changing(() -> {
            weights().set(path, value);
            return this;
        });
    }

    /**
     * Replaces all values.
     *
     * @throws LaminaException if some are missing, unexpected or of another dtype or shape; the message lists all of them, and
     *     nothing was replaced
     */
    public Model setParameters(Map<String, HostArray> values) {
        Arguments.requireAll(values, "Model.setParameters", "values");
        return changing(() -> {
            weights().setAll(values);
            return this;
        });
    }

    /** Draws anew what is at a path, or below it, or everything for the empty path; by another initializer if one is given. */
    public Model reinitialize(String path, @Nullable Initializer initializer, long seed) {
        Arguments.require(path, "Model.reinitialize", "path");
        return changing(() -> {
            weights().below(path).forEach(declaration -> weights().draw(declaration, initializer, seed));
            return this;
        });
    }

    /** Keeps training from changing what is at a path or below it. */
    public Model freeze(String path) {
        Arguments.require(path, "Model.freeze", "path");
        return changing(() -> {
            weights().below(path).forEach(declaration -> frozen.add(declaration.path()));
            findTrained();
            return this;
        });
    }

    /** Takes back {@link #freeze}. */
    public Model unfreeze(String path) {
        Arguments.require(path, "Model.unfreeze", "path");
        return changing(() -> {
            weights().below(path).forEach(declaration -> frozen.remove(declaration.path()));
            findTrained();
            return this;
        });
    }

    /** The paths that {@link #freeze} keeps training from, in order of declaration; saved in bundles and checkpoints. */
    public Set<String> frozen() {
        return reading(() -> {
            Set<String> paths = new LinkedHashSet<>(weights().declarations().keySet());
            paths.retainAll(frozen);
            return Collections.unmodifiableSet(paths);
        });
    }

    /** True if training changes the value at a path. */
    public boolean isTrained(String path) {
        Arguments.require(path, "Model.isTrained", "path");
        return reading(() -> trained.contains(weights().declaration(path).path()));
    }

    /**
     * The paths of what training changes, in order of declaration; the same set for as long as it does not change, empty until the
     * model is initialised.
     */
    public Set<String> trained() {
        return reading(() -> trained);
    }

    private void findTrained() {
        Set<String> found = new LinkedHashSet<>();
        for (Declaration declaration : weights().declarations().values()) {
            if (declaration.role() == Role.TRAINED && !frozen.contains(declaration.path())) {
                found.add(declaration.path());
            }
        }
        trained = Collections.unmodifiableSet(found);
    }

    /** A model of the same layer on a backend, perhaps another one, with equal weights. Its outputs are the same bits on the same backend. */
    public Model copyTo(Backend other) {
        Arguments.require(other, "Model.copyTo", "other");
        return reading(() -> {
            Model copy = other.model(layer, dtype);
            try {
                return copy.fill(this);
            } catch (RuntimeException | Error e) {
                copy.close();
                throw e;
            }
        });
    }

    /** Under its own lock, as its backend may be closing it meanwhile. */
    private Model fill(Model from) {
        return changing(() -> {
            weights = new Weights(backend.engine(), from.weights());
            from.weights().downloadAll().forEach(weights::set);
            frozen.addAll(from.frozen);
            trained = from.trained;
            return this;
        });
    }

    /** Something done alone with the native values, while no prediction runs. */
    @FunctionalInterface
    public interface Exchange<R> {
        /** Reads and replaces values. */
        R with(ParameterStore values);
    }

    /** For training loops: runs an action on the native values, alone. Predictions after it see what it replaced. */
    public <R> R exchange(Exchange<R> action) {
        Arguments.require(action, "Model.exchange", "action");
        requireNoCall();
        // Not by changing(), whose action would be one more object in every step of training.
        lock.writeLock().lock();
        try {
            requireOpen();
            return action.with(weights());
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Has something done when the model is closed, before its weights go; such as closing what works on them. */
    public void onClose(Runnable action) {
        Arguments.require(action, "Model.onClose", "action");
        reading(() -> closing.add(action));
    }

    /** Takes back {@link #onClose}. */
    public void forgetOnClose(Runnable action) {
        closing.remove(Arguments.require(action, "Model.forgetOnClose", "action"));
    }

    private void forgetForms() {
        predictions.close();
        derivatives.close();
    }

    private Weights weights() {
        if (weights == null) {
            throw new LaminaException(
                    ErrorCode.NOT_INITIALIZED,
                    "the model is not initialised, so it has no parameters yet. Call initialize(inputShape, seed) first.");
        }
        return weights;
    }

    private <R> R reading(Supplier<R> action) {
        return locked(lock.readLock(), action);
    }

    private <R> R changing(Supplier<R> action) {
        requireNoCall();
        return locked(lock.writeLock(), action);
    }

    private <R> R locked(Lock held, Supplier<R> action) {
        held.lock();
        try {
            requireOpen();
            return action.get();
        } finally {
            held.unlock();
        }
    }

    /** A call waits for changes to end, and a change for calls: one within the other would wait for ever. */
    void requireNoCall() {
        if (lock.getReadHoldCount() > 0) {
            throw new LaminaException(
                    ErrorCode.ARGUMENT,
                    "the model is being called in this thread, so it can be neither changed nor closed; it is as it was. "
                            + "Do that after the call, not in a layer's forward.");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED, "the model is closed. Make a new one with backend.model(layer).");
        }
    }

    /** Frees the weights and what was compiled, after calls in flight have ended. Later calls throw; closing again does nothing. */
    @Override
    public void close() {
        requireNoCall();
        // Outside of the lock: they may be waiting for it.
        List.copyOf(closing).forEach(Runnable::run);
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                forgetForms();
                if (weights != null) {
                    weights.close();
                }
                backend.forget(this);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
