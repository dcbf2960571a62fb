package org.lamina.djl;

import ai.djl.ndarray.NDManager;
import org.lamina.spi.BackendFailures;
import org.lamina.spi.BackendProvider;
import org.lamina.spi.Engine;

/** How DJL and one of its engines are found and loaded. */
public abstract sealed class DjlProvider implements BackendProvider {
    /** The engine as DJL calls it. */
    static final String MXNET = "MXNet";

    private final String name;
    private final String engine;
    private final String engineClass;

    private DjlProvider(String name, String engine, String engineClass) {
        this.name = name;
        this.engine = engine;
        this.engineClass = engineClass;
    }

    /** DJL with the PyTorch engine: backend {@code djl}. */
    public static final class PyTorch extends DjlProvider {
        /** Called by {@link java.util.ServiceLoader}. */
        public PyTorch() {
            super("djl", "PyTorch", "ai/djl/pytorch/engine/PtEngine.class");
        }
    }

    /** DJL with the MXNet engine: backend {@code djl-mxnet}. */
    public static final class Mxnet extends DjlProvider {
        /** Called by {@link java.util.ServiceLoader}. */
        public Mxnet() {
            super("djl-mxnet", MXNET, "ai/djl/mxnet/engine/MxEngine.class");
        }
    }

    /** The engine for what any of them does alike: PyTorch, or MXNet where it is there alone. */
    static DjlProvider any() {
        DjlProvider mxnet = new Mxnet();
        DjlProvider pytorch = new PyTorch();
        return mxnet.isPresent() && !pytorch.isPresent() ? mxnet : pytorch;
    }

    static boolean isMxnet(NDManager manager) {
        return manager.getEngine().getEngineName().equals(MXNET);
    }

    /** The engine as DJL calls it. */
    String engine() {
        return engine;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isPresent() {
        ClassLoader loader = DjlProvider.class.getClassLoader();
        return loader != null && loader.getResource(engineClass) != null;
    }

    @Override
    public Engine open() {
        try {
            return new DjlEngine(name, engine);
        } catch (LinkageError | RuntimeException e) {
            throw BackendFailures.loading(
                    name,
                    "DJL's " + engine + " engine",
                    "Check that its native library for this platform is on the class path.",
                    e);
        }
    }
}
