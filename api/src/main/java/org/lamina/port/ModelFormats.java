package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** The formats on the class path. */
public final class ModelFormats {
    /** Formats of an adapter, with the profile that brings it. */
    private static final Map<String, String> PROFILES = Map.of("dl4j", "dl4j", "djl", "djl", "tf", "tf");

    private ModelFormats() {}

    /** The format of a name. @throws LaminaException if it is not there; the message lists those that are */
    public static ModelFormat named(String name) {
        List<String> found = new ArrayList<>();
        for (ModelFormat format : all()) {
            if (format.name().equals(name)) {
                return format;
            }
            found.add(format.name());
        }
        String profile = PROFILES.get(name);
        if (profile != null) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "format " + name + " needs the adapter lamina-adapter-" + profile
                            + ", which is not on the class path. Nothing was ported. Build with LAMINA_PROFILE="
                            + profile
                            + " or all; the formats there are: " + String.join(", ", found) + ".");
        }
        throw new LaminaException(
                ErrorCode.CONFIGURATION,
                "format \"" + name + "\" is not known. Nothing was ported. Give one of " + String.join(", ", found)
                        + ", as in torch:weights.safetensors.");
    }

    /** All of them, by name. */
    public static List<ModelFormat> all() {
        Map<String, ModelFormat> formats = new TreeMap<>();
        try {
            for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
                formats.put(format.name(), format);
            }
        } catch (ServiceConfigurationError e) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "formats: one on the class path is broken (" + e.getMessage()
                            + "), so nothing was ported. Repair or remove it.",
                    e);
        }
        return List.copyOf(formats.values());
    }
}
