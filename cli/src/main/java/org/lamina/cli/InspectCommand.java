package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.layer.Trace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina inspect}. */
@Command(
        name = "inspect",
        description = {
            "Show what a file holds: the layers of a layer.json or a bundle as a tree, with the paths, shapes and counts of their "
                    + "parameters where they are known; the arrays of a safetensors, npz or npy file as a list."
        },
        footer = {"  lamina inspect bundle.zip", "  lamina inspect layer.json --input-shape 2,64"})
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A layer.json, a bundle, safetensors, npz or npy.")
    private Path path;

    @Option(
            names = "--input-shape",
            paramLabel = "SHAPE",
            description = "An input's sizes, such as 2,64: with them the shapes of all parameters are known.")
    private @Nullable String inputShape;

    @Spec
    private CommandSpec spec;

    InspectCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (FileKind.of(path) == FileKind.ARRAYS) {
            ArrayFile file = ArrayFile.open(path);
            ParameterTable.of(ParameterTable.types(file.arrays()), file.metadata())
                    .print(out);
        } else {
            LayerFile file = LayerFile.read(path);
            new LayerTree(file.layer(), parameters(file)).print(out);
        }
        return 0;
    }

    private Map<String, TensorType> parameters(LayerFile file) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        if (inputShape != null) {
            Trace.of(file.layer(), DType.FLOAT32, InputTypes.parse(inputShape, DType.FLOAT32), false)
                    .declarations()
                    .forEach((name, declaration) -> types.put(name, declaration.type()));
        }
        if (file.weights() != null) {
            types.putAll(ParameterTable.types(file.weights()));
        }
        return types;
    }
}
