package org.lamina.port;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Json;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/**
 * The weights in a {@code .keras} archive, whose configuration has to say the same as the architecture; only read, as the
 * configuration would have to be Keras'.
 */
record KerasArchive() implements ArrayStorage {
    private static final String CONFIGURATION = "config.json";

    @Override
    public String suffix() {
        return ".keras";
    }

    @Override
    public Set<ForeignFile> marks() {
        return Set.of(ForeignFile.KERAS, ForeignFile.ZIP);
    }

    @Override
    public Map<String, HostArray> read(Path file) {
        return HdfStorage.parse(file + ", entry model.weights.h5", ArchiveEntry.read(file, "model.weights.h5"));
    }

    @Override
    public void compare(Path file, Layer layer, List<LayerSite> sites, Misfits misfits) {
        String text = new String(ArchiveEntry.read(file, CONFIGURATION), StandardCharsets.UTF_8);
        List<ModelStep> told;
        int inputs;
        try {
            KerasSettings model = KerasSettings.of(Json.parse(text));
            told = KerasSteps.of(model);
            inputs = KerasSteps.inputs(model);
        } catch (IOException | NumberFormatException e) {
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    file + ", entry " + CONFIGURATION + ": this is no configuration of Keras (" + e.getMessage()
                            + "); nothing was loaded. Save the model anew with model.save.",
                    e);
        }
        StepComparison.compare(LayerSteps.of(layer, sites, inputs), told, CONFIGURATION, misfits);
    }

    @Override
    public AtomicWrite.Content content(Safetensors arrays) {
        throw new LaminaException(
                ErrorCode.CONFIGURATION,
                "keras: an archive .keras holds a configuration of Keras' own, which is not written; nothing was ported. Write "
                        + "NAME.weights.h5 and load it with model.load_weights.");
    }
}
