package org.lamina.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.io.Safetensors;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamina init}. */
@Command(
        name = "init",
        description = {
            "Draw the parameters of a layer and write them as safetensors, by path. No backend is loaded: the bits are the same "
                    + "for all."
        },
        footer = {"  lamina init net.json --input-shape 2,64 --seed 1 \\", "      --output weights.safetensors"})
final class InitCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LAYER", description = "A layer.json or a bundle (a folder or a zip).")
    private Path layer;

    @Option(
            names = "--input-shape",
            paramLabel = "SHAPE",
            required = true,
            description =
                    "The input's sizes: 2,64. Several inputs: 2,64;2,3. Another dtype than the layer needs: 2,5:int32.")
    private String inputShape;

    @Option(names = "--seed", paramLabel = "N", required = true, description = "The same seed gives the same bits.")
    private long seed;

    @Option(
            names = "--dtype",
            paramLabel = "DTYPE",
            defaultValue = "float32",
            converter = FloatingDType.class,
            description = "float32 (the default) or float64.")
    private DType dtype;

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "Where the weights go.")
    private Path output;

    InitCommand() {}

    @Override
    public Integer call() {
        OutputFiles.requireWritable(output);
        Layer read = LayerFile.read(layer).layer();
        TracedLayer traced = Trace.declaring(read, dtype, InputTypes.of(inputShape, read, dtype));
        Map<String, HostArray> values = StartingWeights.draw(traced, seed);
        new OutputFiles().add(output, new Safetensors(values, traced.aliases())).write();
        return 0;
    }
}
