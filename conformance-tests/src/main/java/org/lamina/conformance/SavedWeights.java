package org.lamina.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.io.Safetensors;

/** Weights on their way through a file. */
final class SavedWeights {
    private SavedWeights() {}

    /** The parameters of a model after they were saved and loaded. */
    static Map<String, HostArray> saveAndLoad(Model model) {
        try {
            Path file = Files.createTempFile("lamina", ".safetensors");
            try {
                Safetensors.of(model.parameters()).write(file);
                return Safetensors.read(file).tensors();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_ACCESS,
                    "a temporary file cannot be made in " + System.getProperty("java.io.tmpdir") + " (" + e
                            + "), so saving was not checked. Make space there, or name another folder with "
                            + "-Djava.io.tmpdir=FOLDER.",
                    e);
        }
    }
}
