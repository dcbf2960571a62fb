package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lamina.HostArray;
import org.lamina.io.LayerJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina inspect}. */
@Command(
        name = "inspect",
        description = "Show what a layer.json, a bundle, a safetensors or an npz file holds.",
        footer = {"  lamina inspect weights.safetensors", "  lamina inspect net.zip"})
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "The file or folder.")
    private Path path = Path.of("");

    @Spec
    private CommandSpec spec;

    InspectCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String name = path.toString();
        boolean layer = Files.isDirectory(path) || name.endsWith(".zip") || name.endsWith(".json");
        if (!layer) {
            print(Tensors.read(path), out);
            return 0;
        }
        LayerSource source = LayerSource.read(path);
        out.println(LayerJson.standard().format(source.layer()).stripTrailing());
        if (source.weights() != null) {
            print(source.weights(), out);
        }
        out.flush();
        return 0;
    }

    private static void print(Map<String, HostArray> tensors, PrintWriter out) {
        Table table = new Table().row("name", "dtype", "shape", "elements");
        long elements = 0;
        for (Map.Entry<String, HostArray> entry : tensors.entrySet()) {
            HostArray array = entry.getValue();
            table.row(
                    entry.getKey(), array.dtype().toString(), array.shape().toString(), Integer.toString(array.size()));
            elements += array.size();
        }
        table.row("total", "", "", Long.toString(elements)).print(out);
    }
}
