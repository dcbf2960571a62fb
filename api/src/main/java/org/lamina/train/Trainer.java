package org.lamina.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamina.ErrorCode;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Safetensors;
import org.lamina.spi.FormCache;
import org.lamina.spi.NativeArray;
import org.lamina.spi.ParameterStore;

/**
 * Trains a model. Parameters, states and what the optimizer remembers stay on the backend between steps; only the loss comes
 * back. The model's weights are the ones trained, so predictions between steps see them.
 *
 * <p>For one thread; several trainers of several models may work at once. What is frozen is decided when the trainer is made.
 */
public final class Trainer implements AutoCloseable {
    private static final String SLOT = "optimizer.";

    private final Model model;
    private final Training training;
    private final Generator draws;
    private final long seed;
    private final FormCache<TrainingStep> forms;
    private final Map<String, NativeArray> slots = new HashMap<>();
    private long step;

    private Trainer(Model model, Training training, long seed) {
        this.model = model;
        this.training = training;
        this.seed = seed;
        this.draws = Generator.of(seed).split("random");
        this.forms = new FormCache<>(types ->
                TrainingStep.compile(model.backend().engine(), training, model.dtype(), this::isTrained, types));
    }

    /**
     * A trainer of an initialised model of one output.
     *
     * @param seed of random draws such as dropout masks, the same on every backend
     */
    public static Trainer of(Model model, Loss loss, Optimizer optimizer, long seed) {
        return of(model, loss, optimizer, Clipping.none(), Schedule.constant(), seed);
    }

    /** A trainer with gradient clipping and a course of the learning rate. */
    public static Trainer of(
            Model model, Loss loss, Optimizer optimizer, Clipping clipping, Schedule schedule, long seed) {
        return new Trainer(model, new Training(model.layer(), loss, optimizer, clipping, schedule), seed);
    }

    private boolean isTrained(String path) {
        return model.isTrained(path);
    }

    /** The steps done. */
    public long steps() {
        return step;
    }

    /** One step on a batch of one input; gives the loss before the step. */
    public double step(HostArray input, HostArray target) {
        return step(List.of(input), target);
    }

    /**
     * One step on a batch.
     *
     * @return the loss before the step
     * @throws LaminaException if the batch does not fit the layer or the loss; the weights are then unchanged
     */
    public double step(List<HostArray> inputs, HostArray target) {
        List<HostArray> given = new ArrayList<>(inputs);
        given.add(target);
        try (FormCache<TrainingStep>.Lease lease =
                forms.acquire(given.stream().map(HostArray::type).toList())) {
            return model.exchange(values -> run(lease.form(), given, values));
        }
    }

    private double run(TrainingStep form, List<HostArray> given, ParameterStore values) {
        List<NativeArray> uploaded = new ArrayList<>();
        try {
            List<NativeArray> results = form.executable().run(operands(form, given, values, uploaded));
            step++;
            try (NativeArray loss = results.get(0)) {
                keep(form, results, values);
                return loss.download().doubleAt(0);
            }
        } finally {
            uploaded.forEach(NativeArray::close);
        }
    }

    private List<NativeArray> operands(
            TrainingStep form, List<HostArray> given, ParameterStore values, List<NativeArray> uploaded) {
        List<NativeArray> operands = new ArrayList<>();
        given.forEach(array -> operands.add(upload(array, uploaded)));
        model.declarations().forEach(declaration -> operands.add(values.value(declaration.path())));
        long batch = given.get(0).shape().rank() == 0
                ? Shape.BATCH
                : given.get(0).shape().extent(0);
        for (int i = 0; i < form.draws().size(); i++) {
            Generator generator = draws.split(step + 1).split(i);
            operands.add(upload(HostArray.generate(form.draws().get(i).bind(batch), generator::uniform), uploaded));
        }
        for (String path : form.trained()) {
            for (String slot : training.optimizer().slots()) {
                operands.add(slots.computeIfAbsent(
                        slot + "." + path, key -> zeros(values.value(path).type())));
            }
        }
        double rate = training.optimizer().learningRate() * training.schedule().factor(step + 1);
        TensorType scalar = new TensorType(model.dtype(), Shape.scalar());
        training.optimizer()
                .scalars(rate, step + 1)
                .forEach(value -> operands.add(upload(HostArray.full(scalar, value), uploaded)));
        return operands;
    }

    private NativeArray upload(HostArray array, List<NativeArray> uploaded) {
        NativeArray on = model.backend().engine().upload(array);
        uploaded.add(on);
        return on;
    }

    private NativeArray zeros(TensorType type) {
        return model.backend().engine().upload(HostArray.full(type, 0));
    }

    private void keep(TrainingStep form, List<NativeArray> results, ParameterStore values) {
        int next = 1;
        Map<String, NativeArray> replaced = new LinkedHashMap<>();
        for (String path : form.trained()) {
            replaced.put(path, results.get(next++));
        }
        for (String path : form.trained()) {
            for (String slot : training.optimizer().slots()) {
                NativeArray old = slots.put(slot + "." + path, results.get(next++));
                if (old != null) {
                    old.close();
                }
            }
        }
        for (String path : form.states()) {
            replaced.put(path, results.get(next++));
        }
        values.replace(replaced);
    }

    /** Saves weights, what the optimizer remembers, step and seed in one safetensors file, whole or not at all. */
    public void save(Path file) {
        Map<String, HostArray> tensors = new LinkedHashMap<>(model.parameters());
        slots.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry ->
                        tensors.put(SLOT + entry.getKey(), entry.getValue().download()));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("step", Long.toString(step));
        metadata.put("seed", Long.toString(seed));
        metadata.put("optimizer", training.optimizer().toString());
        new Safetensors(tensors, metadata).write(file);
    }

    /**
     * Goes on from a checkpoint: on the same backend with the same bits as if training had never stopped.
     *
     * @throws LaminaException if the file does not fit the model, the optimizer or the seed; nothing is then changed
     */
    public void resume(Path file) {
        Safetensors saved = Safetensors.read(file);
        requireEqual(file, "seed", Long.toString(seed), saved);
        requireEqual(file, "optimizer", training.optimizer().toString(), saved);
        Map<String, HostArray> weights = new LinkedHashMap<>(saved.tensors());
        weights.keySet().removeIf(name -> name.startsWith(SLOT));
        long reached = reached(file, saved.metadata().getOrDefault("step", ""));
        model.setParameters(weights);
        closeSlots();
        saved.tensors().forEach((name, value) -> {
            if (name.startsWith(SLOT)) {
                slots.put(
                        name.substring(SLOT.length()), model.backend().engine().upload(value));
            }
        });
        step = reached;
    }

    private static long reached(Path file, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new LaminaException(
                    ErrorCode.FILE_FORMAT,
                    file + " is no checkpoint: its step is \"" + text + "\". Use a file that save wrote.",
                    e);
        }
    }

    private static void requireEqual(Path file, String key, String expected, Safetensors saved) {
        String found = saved.metadata().getOrDefault(key, "missing");
        if (!found.equals(expected)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "resume: the " + key + " of " + file + " is " + found + " and this trainer's is " + expected
                            + ", so training would go on differently. Make the trainer as it was made then.");
        }
    }

    private void closeSlots() {
        slots.values().forEach(NativeArray::close);
        slots.clear();
    }

    /** Frees what the optimizer remembers and what was compiled; the model stays open. */
    @Override
    public void close() {
        forms.close();
        closeSlots();
    }
}
