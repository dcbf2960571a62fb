package org.lamina.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lamina.Arguments;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.layer.Declaration;
import org.lamina.spi.Engine;
import org.lamina.spi.FormCache;
import org.lamina.spi.NativeArray;
import org.lamina.spi.ParameterStore;

/**
 * Trains a model. Parameters, states and what the optimizer remembers stay on the backend between steps; only the loss comes
 * back. The model's weights are the ones trained, so predictions between steps see them.
 *
 * <p>May be called from many threads; the steps of one model, whoever does them, come one after another. Trainers of several
 * models work at once, on one backend too. A trainer is closed with its model at the latest.
 */
public final class Trainer implements AutoCloseable {
    private final Model model;
    private final Engine engine;
    private final Training training;
    private final long seed;
    private final FormCache<TrainingStep> forms = new FormCache<>(this::compile);
    private final Slots slots;
    private final Scalars scalars;
    /** What the step that runs now is given; empty between steps, which share it. */
    private final List<NativeArray> operands = new ArrayList<>();

    private final Runnable closing = this::close;
    private Set<String> trained = Set.of();
    private long steps;
    private boolean closed;

    private Trainer(Model model, Training training, long seed) {
        this.model = model;
        this.engine = model.backend().engine();
        this.training = training;
        this.seed = seed;
        this.slots = new Slots(engine, training.optimizer().slots());
        this.scalars = new Scalars(engine, training);
    }

    /**
     * A trainer of a model whose layer has one output.
     *
     * @param seed of random draws such as dropout masks, the same on every backend
     */
    public static Trainer of(Model model, Loss loss, Optimizer optimizer, long seed) {
        return of(model, loss, optimizer, Clipping.none(), Schedule.constant(), seed);
    }

    /** A trainer with gradient clipping and a course of the learning rate. */
    public static Trainer of(
            Model model, Loss loss, Optimizer optimizer, Clipping clipping, Schedule schedule, long seed) {
        Arguments.require(model, "Trainer.of", "model");
        Arguments.require(loss, "Trainer.of", "loss");
        Arguments.require(optimizer, "Trainer.of", "optimizer");
        Arguments.require(clipping, "Trainer.of", "clipping");
        Arguments.require(schedule, "Trainer.of", "schedule");
        Trainer trainer = new Trainer(model, new Training(model.dtype(), loss, optimizer, clipping, schedule), seed);
        model.onClose(trainer.closing);
        return trainer;
    }

    /** The steps done. */
    public synchronized long steps() {
        return steps;
    }

    /** One step on a batch of one input; gives the loss before the step. */
    public double step(HostArray input, HostArray target) {
        return step(List.of(Arguments.require(input, "Trainer.step", "input")), target);
    }

    /**
     * One step on a batch. What is frozen then is left alone.
     *
     * @return the loss before the step
     * @throws LaminaException if the batch does not fit the layer or the loss; the weights are then unchanged
     */
    public double step(List<HostArray> inputs, HostArray target) {
        List<HostArray> given = new ArrayList<>(Arguments.requireAll(inputs, "Trainer.step", "inputs"));
        given.add(Arguments.require(target, "Trainer.step", "target"));
        return stepOn(given);
    }

    private synchronized double stepOn(List<HostArray> given) {
        return exchange(values -> {
            forgetFormsIfOthersAreTrained();
            try (FormCache<TrainingStep>.Lease lease = forms.acquire(given, HostArray::type)) {
                return run(lease.form(), given, values);
            }
        });
    }

    private void forgetFormsIfOthersAreTrained() {
        Set<String> now = model.trained();
        if (!now.equals(trained)) {
            forms.close();
            trained = now;
        }
    }

    /** Compiles for the types of inputs and, last, the target. */
    private TrainingStep compile(List<TensorType> types) {
        int inputs = types.size() - 1;
        return TrainingStep.compile(
                engine, training, model.trace(types.subList(0, inputs), true), types.get(inputs), trained);
    }

    /** Its loops go by index, as an iterator is garbage of every step. */
    private double run(TrainingStep form, List<HostArray> given, ParameterStore values) {
        form.graph().checkIndices(given);
        try {
            upload(given);
            upload(form.traced().draws(given, seed, steps + 1));
            addKept(form, values);
            List<NativeArray> results = form.executable().run(operands);
            double loss = loss(results);
            keep(form, results, values);
            steps++;
            return loss;
        } finally {
            int uploaded = given.size() + form.traced().randoms().size();
            for (int i = 0; i < Math.min(uploaded, operands.size()); i++) {
                operands.get(i).close();
            }
            operands.clear();
        }
    }

    private void upload(List<HostArray> arrays) {
        for (int i = 0; i < arrays.size(); i++) {
            operands.add(engine.upload(arrays.get(i)));
        }
    }

    /** What stays on the backend between steps. */
    private void addKept(TrainingStep form, ParameterStore values) {
        for (int i = 0; i < form.declared().size(); i++) {
            operands.add(value(values, form.declared().get(i)));
        }
        for (int i = 0; i < form.trained().size(); i++) {
            String path = form.trained().get(i);
            addAll(slots.of(path, values.value(path).type()));
        }
        addAll(scalars.of(steps + 1));
    }

    /** One by one, as a list that adds all of another makes an array of them first. */
    private void addAll(List<NativeArray> more) {
        for (int i = 0; i < more.size(); i++) {
            operands.add(more.get(i));
        }
    }

    private static NativeArray value(ParameterStore values, Declaration declaration) {
        NativeArray value = values.value(declaration.path());
        if (!value.type().equals(declaration.type())) {
            throw new LaminaException(
                    ErrorCode.SHAPE,
                    "training: for this batch parameter " + declaration.path() + " would be " + declaration.type()
                            + " and in the model it is " + value.type()
                            + ". Give inputs like those the model was initialised for.");
        }
        return value;
    }

    private static double loss(List<NativeArray> results) {
        try {
            double loss = results.get(0).download().doubleAt(0);
            results.get(0).close();
            return loss;
        } catch (RuntimeException | Error e) {
            results.forEach(NativeArray::close);
            throw e;
        }
    }

    private void keep(TrainingStep form, List<NativeArray> results, ParameterStore values) {
        int next = 1;
        for (int i = 0; i < form.trained().size(); i++) {
            values.replace(form.trained().get(i), results.get(next++));
        }
        for (int i = 0; i < form.trained().size(); i++) {
            slots.replace(form.trained().get(i), results, next);
            next += slots.count();
        }
        for (int i = 0; i < form.states().size(); i++) {
            values.replace(form.states().get(i), results.get(next++));
        }
    }

    /**
     * Saves weights, which of them are frozen, what the optimizer remembers, step, seed and settings in one safetensors file, whole or
     * not at all.
     */
    public synchronized void save(Path file) {
        Arguments.require(file, "Trainer.save", "file");
        Checkpoint checkpoint = exchange(values -> new Checkpoint(
                model.parameters(),
                slots.download(),
                steps,
                seed,
                training.optimizer().toString(),
                TrainingText.of(training, steps),
                true,
                model.frozen()));
        checkpoint.write(file, training.optimizer().slots());
    }

    /**
     * Goes on from a checkpoint: on the same backend with the same bits as if training had never stopped, on another one with
     * what rounding makes of them. What was frozen then is frozen again. What the file holds no slots of, having been
     * frozen, starts without. A loss or clipping that is neither a record nor Lamina's own cannot be compared; a schedule of one's own
     * is compared by its factors.
     *
     * @throws LaminaException if the file is no checkpoint, or does not fit the model, the optimizer, the seed, the loss, the clipping
     *     or the schedule, or if other paths than the saved ones are frozen; nothing is then changed
     */
    public synchronized void resume(Path file) {
        Arguments.require(file, "Trainer.resume", "file");
        requireOpen();
        Checkpoint saved = Checkpoint.read(file, training.optimizer().slots());
        saved.requireEqual(file, "seed", Long.toString(saved.seed()), Long.toString(seed));
        saved.requireSame(file, training);
        exchange(values -> {
            requireNoOtherFrozen(file, saved);
            model.setParameters(saved.weights());
            saved.frozen().forEach(model::freeze);
            slots.restore(saved.slots());
            steps = saved.step();
            return steps;
        });
    }

    /** A file of before frozen paths were saved says nothing of them. */
    private void requireNoOtherFrozen(Path file, Checkpoint saved) {
        Set<String> frozen = model.frozen();
        if (saved.saysWhatIsFrozen() && !frozen.isEmpty()) {
            saved.requireEqual(file, "frozen paths", saved.frozen().toString(), frozen.toString());
        }
    }

    private <R> R exchange(Model.Exchange<R> action) {
        requireOpen();
        return model.exchange(action);
    }

    private void requireOpen() {
        if (closed) {
            throw new LaminaException(
                    ErrorCode.CLOSED,
                    "the trainer is closed. Make a new one with Trainer.of, and resume a checkpoint.");
        }
    }

    /** Frees what the optimizer remembers and what was compiled; the model stays open. Closing again does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        model.forgetOnClose(closing);
        forms.close();
        slots.close();
        scalars.close();
    }
}
