package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Width;
import org.lamina.io.Safetensors;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamina run}. */
@Command(
        name = "run",
        description = {
            "Run a layer on one backend or several. The input file holds x, or x0, x1, ...; the output y, or y0, y1, ... The work "
                    + "is done in the float width of the inputs; if they are integers, in that of the weights, else of dy, else in "
                    + "float32."
        },
        footer = {
            "  lamina run net.json --backend tf --input in.safetensors --seed 1 \\",
            "      --output out.safetensors",
            "  lamina run net.zip --backend djl,dl4j --input in.safetensors --gradient \\",
            "      --output out.safetensors"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json or a bundle (a folder or a zip).")
    private Path layer;

    @Option(
            names = "--backend",
            paramLabel = "B",
            split = Backends.AFTER_COMMA,
            splitSynopsisLabel = ",",
            description =
                    "The backends, with commas; the output of each of several goes to NAME.<backend>.safetensors.")
    private @Nullable List<String> backends;

    @Option(names = "--input", paramLabel = "FILE", required = true, description = "The input: safetensors or npz.")
    private Path input;

    @ArgGroup
    private @Nullable WeightsOption weights;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE",
            converter = FloatingDType.class,
            description = "float32 or float64: the width to work in, to which inputs, weights and dy are cast.")
    private @Nullable DType dtype;

    @Option(
            names = "--gradient",
            description =
                    "Write grad.x and grad.<parameter> too: the gradients of sum(y * dy), where dy may be in the input "
                            + "file and is ones otherwise.")
    private boolean gradient;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "Where y goes, as safetensors.")
    private Path output;

    private final BackendAhead ahead;

    RunCommand(BackendAhead ahead) {
        this.ahead = ahead;
    }

    @Override
    public Integer call() {
        List<String> names = Backends.chosen(backends);
        names.forEach(name -> OutputFiles.requireWritable(names.size() == 1 ? output : OutputFiles.of(output, name)));
        InputFile file = InputFile.read(input);
        LayerFile source = LayerFile.read(layer);
        StartingWeights start = WeightsOption.read(weights, source);
        DType width = dtype != null ? dtype : Width.of(file.dtypes(), start.dtypes(), Cotangents.dtypes(file));
        InputFile inputs = file.in(width);
        Map<String, HostArray> values = start.values(inputs.types(), width);
        OutputFiles files = new OutputFiles();
        for (String name : names) {
            Map<String, HostArray> results = run(name, source.layer(), width, inputs, values);
            files.add(names.size() == 1 ? output : OutputFiles.of(output, name), Safetensors.of(results));
        }
        files.write();
        return 0;
    }

    private Map<String, HostArray> run(
            String name, Layer run, DType width, InputFile inputs, Map<String, HostArray> values) {
        try (Backend backend = ahead.load(name)) {
            Model model = backend.model(run, width).initialize(inputs.types(), values);
            Map<String, HostArray> results = new LinkedHashMap<>();
            if (gradient) {
                Gradients gradients = model.gradients(inputs.values(), Cotangents.of(inputs, run, width));
                addOutputs(results, gradients.outputs());
                addGradients(results, gradients, inputs, model.declarations());
            } else {
                addOutputs(results, model.predict(inputs.values()));
            }
            return results;
        }
    }

    private static void addOutputs(Map<String, HostArray> results, List<HostArray> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            results.put(outputs.size() == 1 ? "y" : "y" + i, outputs.get(i));
        }
    }

    private static void addGradients(
            Map<String, HostArray> results, Gradients gradients, InputFile inputs, List<Declaration> declarations) {
        List<String> names = new ArrayList<>(inputs.inputs().keySet());
        for (int i = 0; i < names.size(); i++) {
            HostArray value = gradients.inputs().get(i);
            if (value != null) {
                results.put("grad." + names.get(i), value);
            }
        }
        for (Declaration declaration : declarations) {
            HostArray value = gradients.parameters().get(declaration.path());
            if (declaration.role() == Role.TRAINED
                    && value != null
                    && results.put("grad." + declaration.path(), value) != null) {
                throw new LaminaException(
                        ErrorCode.NAME,
                        "the parameter " + declaration.path() + " and an input would both be grad." + declaration.path()
                                + ", so nothing was written. Rename the parameter.");
            }
        }
    }
}
