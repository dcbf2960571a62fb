package org.lamina.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.io.Safetensors;
import org.lamina.layer.Declaration;
import org.lamina.layer.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamina run}. */
@Command(
        name = "run",
        description =
                "Run a layer on an input, on one backend or several. The work is done in the input's float width.",
        footer = {
            "  lamina run layer.json --backend tf --input in.safetensors --seed 1 --output out.safetensors",
            "  lamina run net.zip --backend djl,tf --input in.safetensors --gradient --output out.safetensors"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json, or a bundle: a folder or a zip.")
    private Path layer = Path.of("");

    @Option(
            names = "--backend",
            required = true,
            split = ",",
            paramLabel = "B",
            description = "Backends, comma separated.")
    private List<String> backends = List.of();

    @Option(
            names = "--input",
            required = true,
            description = "Safetensors or npz with x, or x0, x1, ...; also dy for --gradient.")
    private Path input = Path.of("");

    @Option(names = "--weights", description = "Safetensors or npz with the parameters by path.")
    private @Nullable Path weights;

    @Option(names = "--seed", description = "Draw the parameters from this seed.")
    private @Nullable Long seed;

    @Option(
            names = "--gradient",
            description = "Also write grad.x and grad.PARAMETER: gradients of sum(y * dy), dy being ones by default.")
    private boolean gradient;

    @Option(
            names = "--output",
            required = true,
            description = "Safetensors to write: y, or y0, y1, ...; with several backends one file each.")
    private Path output = Path.of("");

    RunCommand() {}

    @Override
    public Integer call() {
        LayerSource source = LayerSource.read(layer);
        Map<String, HostArray> given = Tensors.read(input);
        Map<Path, Safetensors> results = new LinkedHashMap<>();
        for (String name : backends) {
            Path file = backends.size() == 1 ? output : Tensors.forBackend(output, name);
            results.put(file, new Safetensors(run(name, source, given), Map.of()));
        }
        results.forEach((file, tensors) -> tensors.write(file));
        return 0;
    }

    private Map<String, HostArray> run(String name, LayerSource source, Map<String, HostArray> given) {
        List<HostArray> inputs = Tensors.inputs(input, given);
        DType width = Tensors.width(inputs);
        try (Backend backend = Backend.load(name)) {
            Model model = source.model(
                    backend, width, inputs.stream().map(HostArray::type).toList(), weights, seed);
            Map<String, HostArray> results = new LinkedHashMap<>();
            if (!gradient) {
                put(results, "y", model.predict(inputs));
                return results;
            }
            List<HostArray> cotangents = Tensors.numbered(given, "dy").stream()
                    .map(dy -> dy.cast(width))
                    .toList();
            Gradients gradients = model.gradients(inputs, cotangents);
            put(results, "y", gradients.outputs());
            put(results, "grad.x", gradients.inputs());
            for (Declaration declaration : model.declarations()) {
                HostArray value = gradients.parameters().get(declaration.path());
                if (declaration.role() == Role.TRAINED && value != null) {
                    results.put("grad." + declaration.path(), value);
                }
            }
            return results;
        }
    }

    private static void put(Map<String, HostArray> results, String prefix, List<? extends @Nullable HostArray> arrays) {
        for (int i = 0; i < arrays.size(); i++) {
            HostArray array = arrays.get(i);
            if (array != null) {
                results.put(Tensors.name(prefix, i, arrays.size()), array);
            }
        }
    }
}
