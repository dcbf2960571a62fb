package org.lamina.dl4j;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.AtomicWrite;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.port.ForeignFile;
import org.lamina.port.LayerFileBeside;
import org.lamina.port.Misfits;
import org.lamina.port.ModelFormat;
import org.lamina.port.NativeModel;
import org.nd4j.linalg.factory.Nd4j;

/** The zip of a MultiLayerNetwork or, to be read, of a ComputationGraph. */
public final class Dl4jFormat implements ModelFormat {
    static final String NAME = "dl4j";
    static final String CONFIGURATION = "configuration.json";
    static final String COEFFICIENTS = "coefficients.bin";

    /** For ServiceLoader. */
    public Dl4jFormat() {}

    @Override
    public String name() {
        return NAME;
    }

    /** Nothing of Deeplearning4j is loaded for it: the configuration is read as JSON, the coefficients as numbers. */
    @Override
    public Bundle read(Path path, @Nullable Layer architecture) {
        ForeignFile.requireNone(path, Set.of(ForeignFile.DL4J, ForeignFile.ZIP));
        Bundle model = new Dl4jReader(path).model();
        LayerFileBeside.requireSame(path, model.layer(), architecture);
        return model;
    }

    @Override
    public void write(Bundle model, Path path, List<TensorType> inputs) {
        MultiLayerNetwork network = network(model, inputs);
        Map<String, AtomicWrite.Content> entries = new LinkedHashMap<>();
        byte[] configuration = network.getLayerWiseConfigurations().toJson().getBytes(StandardCharsets.UTF_8);
        byte[] coefficients = coefficients(network);
        entries.put(CONFIGURATION, out -> out.write(configuration));
        entries.put(COEFFICIENTS, out -> out.write(coefficients));
        AtomicWrite.zip(path, entries);
    }

    /** What Deeplearning4j itself refuses is an answer too. */
    private static MultiLayerNetwork network(Bundle model, List<TensorType> inputs) {
        try {
            return new Dl4jWriter(model, inputs).network();
        } catch (LaminaException e) {
            throw e;
        } catch (RuntimeException e) {
            throw Misfits.refused("Deeplearning4j", e);
        }
    }

    private static byte[] coefficients(MultiLayerNetwork network) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            Nd4j.write(network.params(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public Optional<NativeModel> open(Path path, @Nullable Layer architecture) {
        Dl4jReader reader = new Dl4jReader(path);
        return Optional.of(
                reader.vertices() == null ? new Dl4jNativeModel(path, reader) : new Dl4jNativeGraph(path, reader));
    }
}
