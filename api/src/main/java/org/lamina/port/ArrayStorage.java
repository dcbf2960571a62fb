package org.lamina.port;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamina.HostArray;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Npz;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;

/** A file of named arrays. */
interface ArrayStorage {
    /** Safetensors. */
    ArrayStorage SAFETENSORS = new ArrayStorage() {
        @Override
        public String suffix() {
            return ".safetensors";
        }

        @Override
        public Set<ForeignFile> marks() {
            return Set.of();
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
        public Set<ForeignFile> marks() {
            return Set.of(ForeignFile.NPZ, ForeignFile.ZIP);
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

    /** What such a file is told to be by its first bytes; others are refused by what they are. */
    Set<ForeignFile> marks();

    /** Reads a file. */
    Map<String, HostArray> read(Path file);

    /**
     * Compares what a file says of its layers with an architecture.
     *
     * @param sites of the architecture, with the names that the file has for them
     * @param misfits takes all contradictions
     */
    default void compare(Path file, Layer layer, List<LayerSite> sites, Misfits misfits) {}

    /** What is written. */
    AtomicWrite.Content content(Safetensors arrays);
}
