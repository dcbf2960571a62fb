package org.lamina.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.lamina.HostArray;
import org.lamina.TensorType;

/** Arrays by name with dtype, shape and count, and their total. */
final class ParameterTable {
    private final Table table = new Table();
    private final String total;

    private ParameterTable(Map<String, TensorType> arrays, Map<String, String> metadata) {
        arrays.forEach((name, type) ->
                table.row(name, type.dtype().toString(), type.shape().toString(), count(type)));
        metadata.forEach((key, value) -> table.row("metadata " + key + ":", value));
        total = total(arrays);
    }

    static ParameterTable of(Map<String, TensorType> arrays, Map<String, String> metadata) {
        return new ParameterTable(arrays, metadata);
    }

    void print(PrintWriter out) {
        table.print(out);
        out.println(total);
        out.flush();
    }

    static Map<String, TensorType> types(Map<String, HostArray> arrays) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        arrays.forEach((name, array) -> types.put(name, array.type()));
        return types;
    }

    static String count(TensorType type) {
        return grouped(type.shape().size());
    }

    static String total(Map<String, TensorType> arrays) {
        long values =
                arrays.values().stream().mapToLong(type -> type.shape().size()).sum();
        long bytes = arrays.values().stream()
                .mapToLong(type -> type.shape().size() * type.dtype().bytes())
                .sum();
        return arrays.size() + (arrays.size() == 1 ? " array, " : " arrays, ") + grouped(values) + " values, "
                + grouped(bytes) + " bytes";
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
