package org.lamina.port;

import java.nio.file.Path;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Safetensors;

/** The weights in a {@code .keras} archive; only read, as its configuration would have to be Keras'. */
record KerasArchive() implements ArrayStorage {
    @Override
    public String suffix() {
        return ".keras";
    }

    @Override
    public Map<String, HostArray> read(Path file) {
        return HdfStorage.parse(file + ", entry model.weights.h5", ArchiveEntry.read(file, "model.weights.h5"));
    }

    @Override
    public AtomicWrite.Content content(Safetensors arrays) {
        throw new LaminaException(
                ErrorCode.CONFIGURATION,
                "keras: an archive .keras holds a configuration of Keras' own, which is not written; nothing was ported. Write "
                        + "NAME.weights.h5 and load it with model.load_weights.");
    }
}
