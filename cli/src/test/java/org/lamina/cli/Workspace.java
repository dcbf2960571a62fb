package org.lamina.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.io.Safetensors;

/** A folder with the files that commands are given. */
record Workspace(Path folder) {
    static final String LINEAR = "{\"type\": \"MyLinear\", \"inUnits\": 5, \"units\": 3}";
    static final HostArray X = HostArray.normal(Shape.of(2, 5), 1);

    /** The backend under test: one of the profile's frameworks, or the oracle if there is none. */
    static String backend() {
        return frameworks().stream().findFirst().orElse(Backends.REFERENCE);
    }

    static List<String> frameworks() {
        return Backend.available().stream()
                .filter(name -> !name.equals(Backends.REFERENCE))
                .toList();
    }

    Path at(String name) {
        return folder.resolve(name);
    }

    /** A file of text. */
    Path text(String name, String content) {
        try {
            return Files.writeString(at(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of bytes. */
    Path bytes(String name, byte[] content) {
        try {
            return Files.write(at(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A safetensors file of names and arrays by turns. */
    Path arrays(String name, Object... namesAndArrays) {
        Map<String, HostArray> arrays = new LinkedHashMap<>();
        for (int i = 0; i < namesAndArrays.length; i += 2) {
            arrays.put((String) namesAndArrays[i], (HostArray) namesAndArrays[i + 1]);
        }
        Safetensors.of(arrays).write(at(name));
        return at(name);
    }

    Map<String, HostArray> read(String name) {
        return Safetensors.read(at(name)).tensors();
    }

    /** The names of all files. */
    Set<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
