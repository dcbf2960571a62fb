package org.lamina.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.Width;
import org.lamina.train.Batches;

/**
 * Samples to train on: {@code x}, or {@code x0}, {@code x1}, ..., and what is to come out, {@code labels} or {@code y}.
 *
 * @param file with the inputs
 * @param target labels or values
 */
record TrainingData(InputFile file, HostArray target) {
    /** Takes labels for cross-entropy and y for other losses, or the one that is there. */
    static TrainingData read(Path path, String loss) {
        InputFile file = InputFile.read(path);
        HostArray labels = file.all().get("labels");
        HostArray values = file.all().get("y");
        HostArray target = labels != null && (values == null || loss.equals("cross-entropy")) ? labels : values;
        if (target == null) {
            throw new LaminaException(
                    ErrorCode.NAME,
                    path + ": there is nothing to train towards: the file holds "
                            + file.all().keySet() + ". Add labels (int64) or y.");
        }
        return new TrainingData(file, target);
    }

    /** With floats in a width. */
    TrainingData in(DType width) {
        return new TrainingData(file.in(width), Width.cast(target, width, file.file() + ": target"));
    }

    /** This, if right answers can be counted on it. */
    TrainingData requireLabels() {
        if (target.dtype().isFloating() || target.shape().rank() != 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    "the test samples have the target " + target.type()
                            + ", so right answers cannot be counted. Give labels (int64) of shape (samples).");
        }
        return this;
    }

    /** The share of samples whose label has the greatest logit, the first of equal ones. */
    double accuracy(HostArray logits) {
        long classes = logits.size() / target.size();
        long right = 0;
        for (int sample = 0; sample < target.size(); sample++) {
            int best = 0;
            for (int label = 1; label < classes; label++) {
                best = logits.get(sample, label) > logits.get(sample, best) ? label : best;
            }
            right += best == target.longAt(sample) ? 1 : 0;
        }
        return (double) right / target.size();
    }

    /** The inputs, then the target. */
    List<HostArray> arrays() {
        List<HostArray> arrays = new ArrayList<>(file.values());
        arrays.add(target);
        return arrays;
    }

    /** The inputs of a batch. */
    List<HostArray> inputs(List<HostArray> batch) {
        return batch.subList(0, batch.size() - 1);
    }

    /** The target of a batch. */
    HostArray target(List<HostArray> batch) {
        return batch.get(batch.size() - 1);
    }

    /** The types of a batch's inputs. */
    List<TensorType> types(Batches batches) {
        return inputs(batches.batch(0)).stream().map(HostArray::type).toList();
    }
}
