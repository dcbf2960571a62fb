package org.lamina.tf;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamina.HostArray;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;

/**
 * Where a checkpoint keeps each variable: under its name or, as TensorFlow 2 in Python writes it, under its place in a tree of objects,
 * which is itself kept with the names.
 */
final class TfCheckpointKeys {
    private static final String OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH";
    private static final String VALUE = "VARIABLE_VALUE";
    /** What Keras calls parts of a layer, whose name is therefore not that of a model. */
    private static final Set<String> PARTS =
            Set.of("lstm_cell", "gru_cell", "simple_rnn_cell", "query", "key", "value", "attention_output");

    private final @Nullable Map<String, String> byName;

    private TfCheckpointKeys(@Nullable Map<String, String> byName) {
        this.byName = byName;
    }

    static TfCheckpointKeys read(TfCheckpoint checkpoint) throws IOException {
        if (!checkpoint.has(OBJECTS)) {
            return new TfCheckpointKeys(null);
        }
        Map<String, String> byName = new LinkedHashMap<>();
        TrackableObjectGraph.parseFrom(checkpoint.text(OBJECTS))
                .getNodesList()
                .forEach(node -> node.getAttributesList().stream()
                        .filter(attribute -> attribute.getName().equals(VALUE))
                        .forEach(attribute ->
                                byName.putIfAbsent(attribute.getFullName(), attribute.getCheckpointKey())));
        return new TfCheckpointKeys(byName);
    }

    /** The key of a variable in the graph; null for one of the graph's own, which the objects do not have. */
    @Nullable
    String of(String name) {
        return byName == null ? name : byName.get(name);
    }

    /** A model of Keras may put its name before all of its variables: {@code sequential/dense/kernel}. */
    static Map<String, HostArray> withoutModelName(Map<String, HostArray> values) {
        Set<String> models = values.keySet().stream()
                .map(name -> name.matches("[^/]+/[^/]+/.+") ? name.substring(0, name.indexOf('/')) : "")
                .collect(Collectors.toSet());
        boolean layers =
                values.keySet().stream().anyMatch(name -> name.contains("/") && PARTS.contains(name.split("/", -1)[1]));
        if (models.size() != 1 || models.contains("") || layers) {
            return values;
        }
        Map<String, HostArray> stripped = new LinkedHashMap<>();
        values.forEach((name, value) -> stripped.put(name.substring(name.indexOf('/') + 1), value));
        return stripped;
    }
}
