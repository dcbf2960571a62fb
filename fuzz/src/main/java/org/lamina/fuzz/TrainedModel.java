package org.lamina.fuzz;

import java.nio.file.Path;
import org.lamina.Backend;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layers.Dense;
import org.lamina.train.Adam;
import org.lamina.train.Loss;
import org.lamina.train.Trainer;

/** A model in training, made once. */
final class TrainedModel {
    private static final Backend BACKEND = Backend.load("reference");
    private static final Model MODEL = BACKEND.model(new Dense(2)).initialize(Shape.of(2, 3), 1);
    private static final Trainer TRAINER = Trainer.of(MODEL, Loss.meanSquaredError(), new Adam(0.01), 1);

    private TrainedModel() {}

    static void resume(Path file) {
        TRAINER.resume(file);
    }

    /** Writes what can be resumed. */
    static void save(Path file) {
        TRAINER.save(file);
    }
}
