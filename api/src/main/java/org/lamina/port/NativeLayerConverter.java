package org.lamina.port;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.Json;
import org.lamina.layer.Layer;

/**
 * Makes a neutral layer of one that a framework's own file describes, where the format does not know its kind or takes it for
 * something else. Implement it and list the implementation in {@code META-INF/services/org.lamina.port.NativeLayerConverter}.
 * Without one, such a layer is reported when a model is ported, never passed over.
 */
public interface NativeLayerConverter {
    /** The format, {@code dl4j}. */
    String format();

    /**
     * What the file calls the kind of layer: for {@code dl4j} the name of the configuration's class. Nothing of it is loaded, unless
     * {@code --verify} runs the network.
     */
    String type();

    /**
     * The neutral layer.
     *
     * @param settings what the file says of it
     * @param parameters its values, all of which are to be taken in the file's order
     * @throws LaminaException {@link Misfits#unsupported} if it has a setting without an equal
     */
    Layer convert(Json.Fields settings, Parameters parameters);

    /** The values that the file has for the layer. */
    interface Parameters {
        /** Takes the next, in C order, as the parameter of a path below the layer. */
        HostArray take(String path, long... sizes);

        /** Takes the next, a matrix whose columns lie one after another. */
        HostArray takeMatrix(String path, long rows, long columns);
    }

    /** The one on the class path for a kind of layer, if there is one. */
    static Optional<NativeLayerConverter> find(String format, String type) {
        try {
            for (NativeLayerConverter converter : ServiceLoader.load(NativeLayerConverter.class)) {
                if (converter.format().equals(format) && converter.type().equals(type)) {
                    return Optional.of(converter);
                }
            }
            return Optional.empty();
        } catch (ServiceConfigurationError e) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "layer converters: one on the class path is broken (" + e.getMessage()
                            + "), so nothing was ported. Repair or remove it.",
                    e);
        }
    }
}
