package org.lamina.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.DoubleConsumer;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.conformance.TrainingTolerance;
import org.lamina.train.Batches;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Optimizer;
import org.lamina.train.Trainer;

/**
 * All that a training run does, but for the backend.
 *
 * @param layer to train
 * @param start the parameters' values before the first step
 * @param frozen the paths of what is not trained
 * @param width the floating dtype of the work
 * @param data to train on
 * @param batches of the data
 * @param seed of what the layer draws in a step
 */
record TrainingRun(
        LayerFile layer,
        Map<String, HostArray> start,
        Set<String> frozen,
        DType width,
        TrainingData data,
        Batches batches,
        Loss loss,
        Optimizer optimizer,
        int steps,
        long seed) {

    /** Trains on a backend and hands over the trained model, and the loss before each step, before it closes the model. */
    void on(String name, Progress progress, BiConsumer<Model, double[]> result) {
        try (Backend backend = Backend.load(name);
                Model model = model(backend)) {
            result.accept(model, losses(model, value -> progress.next("loss " + value)));
        }
    }

    /** In which band the losses of a correct backend lie. */
    LossCurves.Band tolerance() {
        return TrainingTolerance.derive(
                backend -> {
                    try (Model model = model(backend)) {
                        return losses(model, value -> {});
                    }
                },
                width);
    }

    private Model model(Backend backend) {
        Model model = backend.model(layer.layer(), width).initialize(data.types(batches), start);
        frozen.forEach(model::freeze);
        return model;
    }

    private double[] losses(Model model, DoubleConsumer each) {
        double[] losses = new double[steps];
        try (Trainer trainer = Trainer.of(model, loss, optimizer, seed)) {
            for (int step = 0; step < steps; step++) {
                List<HostArray> arrays = batches.batch(step);
                losses[step] = trainer.step(data.inputs(arrays), data.target(arrays));
                each.accept(losses[step]);
            }
        }
        return losses;
    }
}
