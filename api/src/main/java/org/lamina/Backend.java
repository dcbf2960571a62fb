package org.lamina;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.lamina.layer.Layer;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/**
 * A framework, loaded: where models run. Close it when done; that closes the models made by it too. All methods may be called
 * from many threads.
 */
public final class Backend implements AutoCloseable {
    private final ClosableEngine engine;
    private final Set<Model> models = ConcurrentHashMap.newKeySet();

    private Backend(Engine engine) {
        this.engine = new ClosableEngine(Arguments.require(engine, "Backend.of", "engine"));
    }

    /**
     * Loads the backend that the system property {@code lamina.backend} names, else the only one on the class path.
     *
     * @throws LaminaException if there is none, or several and no choice, or it cannot be loaded
     */
    public static Backend load() {
        return new Backend(
                Discovery.choose(System.getProperty("lamina.backend")).open());
    }

    /**
     * Loads the backend of a name, such as {@code dl4j}, {@code djl}, {@code djl-mxnet} or {@code tf}.
     *
     * @throws LaminaException if it is not on the class path or cannot be loaded
     */
    public static Backend load(String name) {
        return new Backend(Discovery.choose(Arguments.require(name, "Backend.load", "name"))
                .open());
    }

    /** A backend of an engine that no provider brings, such as one that watches or disturbs another; it is closed with it. */
    public static Backend of(Engine engine) {
        return new Backend(engine);
    }

    /** The names of the backends on the class path, sorted. Loads none of them. */
    public static List<String> available() {
        return Discovery.present().stream().map(BackendProvider::name).toList();
    }

    /** What it is: name, framework, version, device, dtypes. */
    public BackendInfo info() {
        return engine.info();
    }

    /** A model of a layer with float32 parameters, to be initialised. */
    public Model model(Layer layer) {
        return model(layer, DType.FLOAT32);
    }

    /**
     * A model of a layer, to be initialised.
     *
     * @param dtype float32 or float64, the dtype of its parameters
     * @throws LaminaException DTYPE if it is neither, CLOSED if the backend is closed
     */
    public Model model(Layer layer, DType dtype) {
        Arguments.require(layer, "Backend.model", "layer");
        if (!Arguments.require(dtype, "Backend.model", "dtype").isFloating()) {
            throw new LaminaException(
                    ErrorCode.DTYPE, "model: parameters cannot be " + dtype + ". Choose float32 or float64.");
        }
        Model model = new Model(this, layer, dtype);
        models.add(model);
        if (engine.isClosing()) {
            // It may have been closed meanwhile, and then closes no more models.
            model.close();
            throw engine.closed();
        }
        return model;
    }

    /** The framework itself, for code that compiles graphs of its own. It throws CLOSED when this backend is closed. */
    public Engine engine() {
        return engine;
    }

    void forget(Model model) {
        models.remove(model);
    }

    /** Closes the models and frees what the framework holds. Closing again does nothing. */
    @Override
    public void close() {
        models.forEach(Model::requireNoCall);
        if (engine.beginClosing()) {
            List.copyOf(models).forEach(Model::close);
            engine.close();
        }
    }
}
