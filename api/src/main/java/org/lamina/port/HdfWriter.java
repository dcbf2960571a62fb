package org.lamina.port;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;

/** Writes arrays as HDF5. The library writes to a file and to nothing else, so a temporary one is read back. */
final class HdfWriter {
    private HdfWriter() {}

    static byte[] write(Map<String, HostArray> arrays) {
        try {
            Path temporary = Files.createTempFile("lamina", ".h5");
            try {
                Files.delete(temporary);
                try (WritableHdfFile file = HdfFile.write(temporary)) {
                    put(file, arrays);
                }
                return Files.readAllBytes(temporary);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(WritableHdfFile file, Map<String, HostArray> arrays) {
        Map<String, WritableGroup> groups = new HashMap<>();
        groups.put("", file);
        arrays.forEach((path, array) -> {
            int slash = path.lastIndexOf('/');
            WritableGroup group = group(groups, slash < 0 ? "" : path.substring(0, slash));
            group.putDataset(path.substring(slash + 1), nested(array, 0, 0));
        });
    }

    private static WritableGroup group(Map<String, WritableGroup> groups, String path) {
        WritableGroup known = groups.get(path);
        if (known != null) {
            return known;
        }
        int slash = path.lastIndexOf('/');
        WritableGroup made =
                group(groups, slash < 0 ? "" : path.substring(0, slash)).putGroup(path.substring(slash + 1));
        groups.put(path, made);
        return made;
    }

    /** Java's arrays of arrays from one axis on, beginning at an element. */
    private static Object nested(HostArray array, int axis, int start) {
        Class<?> element = array.dtype() == DType.FLOAT64 ? double.class : float.class;
        int rank = array.shape().rank();
        int[] sizes = new int[rank - axis];
        for (int i = axis; i < rank; i++) {
            sizes[i - axis] = Math.toIntExact(array.shape().extent(i));
        }
        Object made = Array.newInstance(element, sizes);
        int step = 1;
        for (int i = 1; i < sizes.length; i++) {
            step *= sizes[i];
        }
        for (int i = 0; i < sizes[0]; i++) {
            int at = start + i * step;
            if (sizes.length > 1) {
                Array.set(made, i, nested(array, axis + 1, at));
            } else if (element == double.class) {
                Array.setDouble(made, i, array.doubleAt(at));
            } else {
                Array.setFloat(made, i, (float) array.doubleAt(at));
            }
        }
        return made;
    }
}
