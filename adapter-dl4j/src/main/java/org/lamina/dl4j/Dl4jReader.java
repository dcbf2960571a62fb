package org.lamina.dl4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.ArchiveEntry;
import org.lamina.io.Bundle;
import org.lamina.io.Json;
import org.lamina.io.Safetensors;
import org.lamina.layers.Sequential;
import org.lamina.port.Misfits;

/** Reads a MultiLayerNetwork or a ComputationGraph as neutral layers with their weights. */
final class Dl4jReader {
    private final String source;
    private final Json configuration;
    private final Supplier<Dl4jCoefficients> opening;
    private final Misfits misfits = new Misfits();
    /** For each layer of a MultiLayerNetwork the position of the last that it became. */
    private final List<Integer> ends = new ArrayList<>();

    private Dl4jPiece piece = Dl4jPiece.EMPTY;
    private @Nullable Dl4jGraphReader graph;
    private @Nullable Dl4jCoefficients coefficients;
    private boolean flatInput;

    Dl4jReader(Path path) {
        this(
                path.toString(),
                new String(ArchiveEntry.read(path, Dl4jFormat.CONFIGURATION), StandardCharsets.UTF_8),
                () -> new Dl4jCoefficients(path));
    }

    /** @param opening gives the parameters once they are asked for */
    Dl4jReader(String source, String configuration, Supplier<Dl4jCoefficients> opening) {
        this.source = source;
        this.configuration = parse(source, configuration);
        this.opening = opening;
        read();
        misfits.requireNone(
                source + ": what has no equal here",
                "Change the network, or register a NativeLayerConverter for such a layer.");
        if (coefficients != null) {
            coefficients.requireEnd();
        }
    }

    private static Json parse(String source, String text) {
        try {
            return Json.parse(text);
        } catch (IOException e) {
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    source + ", entry " + Dl4jFormat.CONFIGURATION
                            + ": this is not well-formed JSON; nothing was loaded. The "
                            + "file is damaged or of another format: copy it again from its source or write it anew.",
                    e);
        }
    }

    private void read() {
        Dl4jSettings network = Dl4jSettings.of(configuration);
        if (network.fields().get("confs") instanceof Json.Elements confs) {
            readLayers(confs.values(), network.object("inputPreProcessors"));
        } else if (network.has("vertices")) {
            Dl4jGraphReader read = new Dl4jGraphReader(source, network, this::coefficients, misfits);
            graph = read;
            piece = read.read();
            flatInput = read.flatInput();
        } else {
            misfits.add(source, "its configuration has no layers");
        }
    }

    private void readLayers(List<Json> confs, Dl4jSettings preprocessors) {
        Dl4jLayerReader reader = new Dl4jLayerReader(this::coefficients);
        for (int i = 0; i < confs.size(); i++) {
            Dl4jSettings layer = Dl4jSettings.of(confs.get(i)).object("layer");
            try {
                reader.preprocess(preprocessors.object(Integer.toString(i)), i == 0);
                reader.add(layer);
            } catch (LaminaException e) {
                if (e.code() == ErrorCode.FILE_FORMAT) {
                    throw e;
                }
                misfits.add("layer " + i + " (" + layer.shortName() + ")", String.valueOf(e.getMessage()));
            }
            ends.add(reader.size() - 1);
        }
        piece = reader.piece();
        flatInput = reader.flatInput();
    }

    private Dl4jCoefficients coefficients() {
        if (coefficients == null) {
            coefficients = opening.get();
        }
        return coefficients;
    }

    Bundle model() {
        return new Bundle(new Sequential(piece.layers()), Safetensors.of(piece.weights()));
    }

    List<Integer> ends() {
        return ends;
    }

    /** For each layer of the model, where a vertex of a ComputationGraph gives its output, the vertex; null if it is no such graph. */
    @Nullable
    Map<Integer, String> vertices() {
        return graph == null ? null : graph.ends();
    }

    /** True if the network takes rows and makes images of them first. */
    boolean flatInput() {
        return flatInput;
    }

    Json configuration() {
        return configuration;
    }
}
