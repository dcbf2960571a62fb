package org.lamina.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.layer.Layer;
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
            "Show what a file holds: the layers of a layer.json, a bundle or a model of another framework as a tree, with the paths, "
                    + "shapes and counts of their parameters where they are known; the arrays of a safetensors, npz or npy file "
                    + "as a list. With two files show where their weights differ, and end with 1 if they do."
        },
        footer = {
            "  lamina inspect bundle.zip",
            "  lamina inspect layer.json --input-shape 2,64",
            "  lamina inspect before.safetensors after.safetensors",
            "  lamina inspect dl4j:net.zip tf:net"
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "PATH",
            arity = "1..2",
            description = "A layer.json, a bundle, safetensors, npz or npy; or FORMAT:PATH as for port.")
    private List<String> places;

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
        InspectedFile file = InspectedFile.read(places.get(0));
        return places.size() == 1 ? show(file, out) : compare(file, InspectedFile.read(places.get(1)), out);
    }

    private int show(InspectedFile file, PrintWriter out) {
        Layer layer = file.layer();
        if (layer == null) {
            ParameterTable.of(ParameterTable.types(file.arraysOrNone()), file.metadata())
                    .print(out);
        } else {
            new LayerTree(layer, parameters(layer, file), file.frozen()).print(out);
        }
        return 0;
    }

    private static int compare(InspectedFile first, InspectedFile second, PrintWriter out) {
        boolean equal = true;
        if (first.layer() != null && second.layer() != null) {
            equal = first.layer().equals(second.layer());
            out.println(equal ? "the layers are equal" : "the layers differ");
        }
        WeightsDifference difference = new WeightsDifference(first.arraysOrNone(), second.arraysOrNone());
        difference.print(out);
        return equal && difference.none() ? 0 : Failures.FAILED;
    }

    private Map<String, TensorType> parameters(Layer layer, InspectedFile file) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        if (inputShape != null) {
            DType width = Width.ofWeights(file.arraysOrNone().values(), InputTypes.parse(inputShape, DType.FLOAT32));
            Trace.of(layer, width, InputTypes.of(inputShape, layer, width), false)
                    .declarations()
                    .forEach((name, declaration) -> types.put(name, declaration.type()));
        }
        types.putAll(ParameterTable.types(file.arraysOrNone()));
        return types;
    }
}
