package org.lamina.cli;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a layer's parameters start with: a file, a seed, or what its bundle brings. */
final class WeightsOption {
    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "The parameters by path: safetensors or npz. Floats are cast to the width of the work.")
    private @Nullable Path weights;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Draw the parameters: the same seed gives the same bits on every backend.")
    private @Nullable Long seed;

    WeightsOption() {}

    /** What is given, read from its file; nothing is drawn yet. */
    static StartingWeights read(@Nullable WeightsOption option, LayerFile layer) {
        if (option != null && option.weights != null) {
            ArrayFile file = ArrayFile.open(option.weights);
            return new StartingWeights(layer, file.arrays(), null, file.frozen());
        }
        Long seed = option == null ? null : option.seed;
        return new StartingWeights(layer, seed == null ? layer.weights() : null, seed, Set.of());
    }
}
