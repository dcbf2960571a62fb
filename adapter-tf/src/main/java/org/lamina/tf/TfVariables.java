package org.lamina.tf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.family.TType;

/** The variables of a SavedModel's checkpoint, whose graph is looked at and not run. */
final class TfVariables {
    private TfVariables() {}

    static Map<String, HostArray> read(Path folder) {
        Map<String, DType> declared = declared(folder);
        Map<String, HostArray> values = new LinkedHashMap<>();
        String prefix = folder.resolve("variables").resolve("variables").toString();
        try (EagerSession session = EagerSession.create()) {
            Ops tf = Ops.create(session);
            TfCheckpointKeys keys = TfCheckpointKeys.read(tf, prefix);
            declared.forEach((name, dtype) -> {
                String key = keys.of(name);
                if (key != null) {
                    values.put(name, restore(tf, prefix, key, dtype));
                }
            });
        } catch (RuntimeException | IOException e) {
            throw malformed(folder, "its variables cannot be read (" + e.getMessage() + ")", e);
        }
        return TfCheckpointKeys.withoutModelName(values);
    }

    private static HostArray restore(Ops tf, String prefix, String name, DType dtype) {
        List<Class<? extends TType>> types = List.of(TfArray.tensorClass(dtype));
        Restore restored = tf.train.restore(tf.constant(prefix), tf.array(name), tf.array(""), types);
        return new TfTensor(dtype, restored.tensors().get(0).asTensor()).download();
    }

    /** The names of the variables in the graph, under which the checkpoint has them. */
    private static Map<String, DType> declared(Path folder) {
        SavedModel model;
        try {
            model = SavedModel.parseFrom(Files.readAllBytes(folder.resolve("saved_model.pb")));
        } catch (IOException e) {
            throw malformed(folder, "its saved_model.pb cannot be read (" + e.getMessage() + ")", e);
        }
        Map<String, DType> names = new LinkedHashMap<>();
        model.getMetaGraphsList()
                .forEach(graph -> graph.getGraphDef().getNodeList().forEach(node -> {
                    if (node.getOp().equals("VariableV2") || node.getOp().equals("VarHandleOp")) {
                        add(folder, node, names);
                    }
                }));
        if (model.getMetaGraphsCount() == 0) {
            throw malformed(folder, "its saved_model.pb has no graph", null);
        }
        return names;
    }

    private static void add(Path folder, NodeDef node, Map<String, DType> names) {
        DataType type = node.getAttrOrThrow("dtype").getType();
        String shared = node.getAttrOrDefault("shared_name", org.tensorflow.proto.AttrValue.getDefaultInstance())
                .getS()
                .toStringUtf8();
        DType dtype =
                switch (type) {
                    case DT_FLOAT -> DType.FLOAT32;
                    case DT_DOUBLE -> DType.FLOAT64;
                    case DT_INT32 -> DType.INT32;
                    case DT_INT64 -> DType.INT64;
                    default -> throw malformed(folder, "variable " + node.getName() + " is " + type, null);
                };
        names.put(shared.isEmpty() ? node.getName() : shared, dtype);
    }

    static LaminaException malformed(Path folder, String fact, @org.jspecify.annotations.Nullable Throwable cause) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                folder + ": " + fact
                        + "; nothing was loaded. The SavedModel is damaged or of another kind: copy it again from "
                        + "its source or write it anew.",
                cause);
    }
}
