package org.lamina.port;

import java.nio.file.Path;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;

/** A file of named arrays. */
interface ArrayStorage {
    /** Safetensors. */
    ArrayStorage SAFETENSORS = new ArrayStorage() {
        @Override
        public String suffix() {
            return ".safetensors";
        }

        @Override
        public Map<String, HostArray> read(Path file) {
            return Safetensors.read(file).tensors();
        }

        @Override
        public AtomicWrite.Content content(Safetensors arrays) {
            return arrays::writeTo;
        }
    };

    /** NumPy's archive of arrays. */
    ArrayStorage NPZ = new ArrayStorage() {
        @Override
        public String suffix() {
            return ".npz";
        }

        @Override
        public Map<String, HostArray> read(Path file) {
            return Npz.read(file);
        }

        @Override
        public AtomicWrite.Content content(Safetensors arrays) {
            return Npz.content(arrays.tensors());
        }
    };

    /** How names of such files end. */
    String suffix();

    /** Reads a file. */
    Map<String, HostArray> read(Path file);

    /** What is written. */
    AtomicWrite.Content content(Safetensors arrays);
}
