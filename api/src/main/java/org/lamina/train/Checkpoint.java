package org.lamina.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.FrozenPaths;
import org.lamina.io.Safetensors;

/**
 * All that training goes on from. The random numbers need no more than the seed and the step, as Lamina's generator has no
 * state. Weights are stored under their paths, slots as {@code optimizer/square/0.weight}; a path has no slash.
 *
 * @param weights by path
 * @param slots by path, in the order of the optimizer's names
 * @param step the steps done
 * @param seed of the random draws
 * @param optimizer its name and settings
 * @param settings of loss, clipping and schedule, by key; none in files of before they were saved
 * @param saysWhatIsFrozen false in files of before that was saved
 * @param frozen the paths that were not trained
 */
record Checkpoint(
        Map<String, HostArray> weights,
        Map<String, List<HostArray>> slots,
        long step,
        long seed,
        String optimizer,
        Map<String, String> settings,
        boolean saysWhatIsFrozen,
        Set<String> frozen) {
    private static final String SLOT = "optimizer/";
    private static final String GENERATOR = "Philox4x32-10";

    void write(Path file, List<String> names) {
        Map<String, HostArray> tensors = new LinkedHashMap<>(weights);
        slots.forEach((path, values) -> {
            for (int i = 0; i < values.size(); i++) {
                tensors.put(SLOT + names.get(i) + "/" + path, values.get(i));
            }
        });
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("step", Long.toString(step));
        metadata.put("seed", Long.toString(seed));
        metadata.put("generator", GENERATOR);
        metadata.put("optimizer", optimizer);
        metadata.putAll(settings);
        new Safetensors(tensors, FrozenPaths.added(metadata, frozen)).write(file);
    }

    /** @throws LaminaException if the file is no checkpoint, or one of an optimizer with other slots */
    static Checkpoint read(Path file, List<String> names) {
        Safetensors saved = Safetensors.read(file);
        Map<String, HostArray> weights = new LinkedHashMap<>();
        Map<String, HostArray> remembered = new LinkedHashMap<>();
        saved.tensors().forEach((name, value) -> (name.startsWith(SLOT) ? remembered : weights).put(name, value));
        Map<String, List<HostArray>> slots = new LinkedHashMap<>();
        weights.forEach((path, weight) -> {
            List<HostArray> values = slots(file, names, path, weight.type(), remembered);
            if (!values.isEmpty()) {
                slots.put(path, values);
            }
        });
        if (!remembered.isEmpty()) {
            throw wrong(file, "it holds " + remembered.keySet() + ", which this optimizer does not remember", null);
        }
        return new Checkpoint(
                weights,
                slots,
                number(file, saved, "step"),
                number(file, saved, "seed"),
                text(file, saved),
                saved.metadata(),
                FrozenPaths.areIn(saved),
                FrozenPaths.of(saved));
    }

    /** Takes the slots of one parameter: all or none. */
    private static List<HostArray> slots(
            Path file, List<String> names, String path, TensorType type, Map<String, HostArray> remembered) {
        List<HostArray> values = new ArrayList<>();
        for (String name : names) {
            HostArray value = remembered.remove(SLOT + name + "/" + path);
            if (value != null && !value.type().equals(type)) {
                throw wrong(
                        file,
                        "slot " + name + " of parameter " + path + " is " + value.type() + " and not " + type,
                        null);
            } else if (value != null) {
                values.add(value);
            }
        }
        if (!values.isEmpty() && values.size() < names.size()) {
            throw wrong(file, "of parameter " + path + " a slot of " + names + " is missing", null);
        }
        return values;
    }

    /** @throws LaminaException if it was saved by a trainer that trains otherwise, as far as the file tells */
    void requireSame(Path file, Training training) {
        requireEqual(file, "optimizer", optimizer, training.optimizer().toString());
        TrainingText.of(training, step).forEach((key, expected) -> {
            String saved = settings.get(key);
            if (saved != null && !(key.equals(TrainingText.FACTORS) && TrainingText.areFactorsEqual(saved, expected))) {
                requireEqual(file, key, saved, expected);
            }
        });
    }

    /** @throws LaminaException if what was saved differs from what the trainer has */
    void requireEqual(Path file, String what, String saved, String expected) {
        if (!saved.equals(expected)) {
            throw new LaminaException(
                    ErrorCode.CONFIGURATION,
                    "checkpoint " + file + ": its " + what + " is " + saved + " and this trainer's is " + expected
                            + ", so training would go on differently. Make the trainer as it was made then.");
        }
    }

    private static String text(Path file, Safetensors saved) {
        String optimizer = saved.metadata().get("optimizer");
        if (optimizer == null || !GENERATOR.equals(saved.metadata().get("generator"))) {
            throw wrong(file, "its metadata name no optimizer, or another generator than " + GENERATOR, null);
        }
        return optimizer;
    }

    private static long number(Path file, Safetensors saved, String key) {
        String text = saved.metadata().getOrDefault(key, "");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw wrong(file, "its " + key + " is \"" + text + "\"", e);
        }
    }

    private static LaminaException wrong(Path file, String fact, @Nullable Throwable cause) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                "checkpoint " + file + ": " + fact
                        + ", so training cannot go on from it. Use a file that Trainer.save wrote for such a trainer.",
                cause);
    }
}
