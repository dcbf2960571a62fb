package org.lamina.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.lamina.HostArray;
import org.lamina.io.FrozenPaths;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;

/**
 * Named arrays of safetensors, npz or npy, told by the file's first bytes. The array of an npy file is called x.
 *
 * @param arrays by name
 * @param metadata what a safetensors file says besides
 */
record ArrayFile(Map<String, HostArray> arrays, Map<String, String> metadata) {
    /** The paths that weights are frozen under. */
    Set<String> frozen() {
        return FrozenPaths.of(new Safetensors(arrays, metadata));
    }

    static ArrayFile open(Path file) {
        if (FileKind.isZip(file)) {
            return new ArrayFile(Npz.read(file), Map.of());
        }
        if (FileKind.isNpy(file)) {
            return new ArrayFile(Map.of("x", Npz.readArray(file)), Map.of());
        }
        Safetensors content = Safetensors.read(file);
        return new ArrayFile(content.tensors(), content.metadata());
    }

    static Map<String, HostArray> read(Path file) {
        return open(file).arrays();
    }
}
