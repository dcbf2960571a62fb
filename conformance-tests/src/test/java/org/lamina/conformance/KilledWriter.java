package org.lamina.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.io.Bundle;
import org.lamina.layers.Dense;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelFormats;
import org.lamina.train.Loss;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/** Saves a model in all ways, again and again, until its process is killed: each time all weights are one number, the next. */
final class KilledWriter {
    static final String CHECKPOINT = "checkpoint.safetensors";
    static final String FOLDER = "bundle";
    static final String ARCHIVE = "bundle.zip";
    static final String PORTED = "ported.safetensors";

    private static final Shape INPUT = Shape.of(1, 64);

    private KilledWriter() {}

    /** Saves into the folder that the only argument names. */
    public static void main(String... arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (Backend backend = Backend.load("reference")) {
            Model model = model(backend);
            Trainer trainer = trainer(model);
            for (int round = 1; ; round++) {
                save(filled(model, round), trainer, folder);
                Files.writeString(folder.resolve("started"), "");
            }
        }
    }

    static Model model(Backend backend) {
        return backend.model(new Dense(256)).initialize(INPUT, 1);
    }

    static Trainer trainer(Model model) {
        return Trainer.of(model, Loss.meanSquaredError(), Optimizer.parse("sgd:lr=0.1"), 5);
    }

    static ModelFormat ported() {
        return ModelFormats.named("torch");
    }

    private static Model filled(Model model, int round) {
        Map<String, HostArray> values = new LinkedHashMap<>();
        model.parameters().forEach((path, value) -> values.put(path, HostArray.full(value.type(), round)));
        return model.setParameters(values);
    }

    private static void save(Model model, Trainer trainer, Path folder) {
        trainer.save(folder.resolve(CHECKPOINT));
        Bundle bundle = Bundle.of(model);
        bundle.write(folder.resolve(FOLDER));
        bundle.write(folder.resolve(ARCHIVE));
        ported().write(bundle, folder.resolve(PORTED));
    }
}
