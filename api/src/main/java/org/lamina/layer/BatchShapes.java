package org.lamina.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;

/**
 * Finds declared values whose shape depends on the size of the batch, by tracing the layer for another size. The batch is the first
 * axis that all inputs have in common; inputs that are vectors alone have none, as their only axis may be that of the features.
 */
final class BatchShapes {
    private BatchShapes() {}

    /** @throws LaminaException BATCH_OPEN if a declared value would be of another type for a batch of another size */
    static void requireNone(Layer layer, DType dtype, List<TensorType> inputs, Map<String, Declaration> declarations) {
        if (declarations.isEmpty() || !hasBatch(inputs)) {
            return;
        }
        long batch = inputs.stream()
                .filter(input -> input.shape().rank() > 0)
                .mapToLong(input -> input.shape().extent(0))
                .findFirst()
                .orElseThrow();
        requireEqualForFirst(layer, dtype, inputs, declarations, batch, batch + 1, 2 * batch);
        // A size that is limited may be seen with a lesser batch alone.
        requireEqualForFirst(layer, dtype, inputs, declarations, batch, 1);
    }

    /** Compares with the first of other batches that the layer takes. */
    private static void requireEqualForFirst(
            Layer layer,
            DType dtype,
            List<TensorType> inputs,
            Map<String, Declaration> declarations,
            long batch,
            long... sizes) {
        for (long other : sizes) {
            Map<String, Declaration> others = declarations(layer, dtype, withBatch(inputs, other));
            if (!others.isEmpty()) {
                requireEqual(declarations, batch, others, other);
                return;
            }
        }
    }

    private static boolean hasBatch(List<TensorType> inputs) {
        List<Shape> shapes = inputs.stream()
                .map(TensorType::shape)
                .filter(shape -> shape.rank() > 0)
                .toList();
        Set<Long> sizes = shapes.stream().map(shape -> shape.extent(0)).collect(Collectors.toSet());
        return sizes.size() == 1
                && inputs.stream().map(TensorType::shape).noneMatch(Shape::isOpen)
                && shapes.stream().anyMatch(shape -> shape.rank() > 1);
    }

    private static List<TensorType> withBatch(List<TensorType> inputs, long batch) {
        List<TensorType> types = new ArrayList<>();
        inputs.forEach(type -> types.add(
                type.shape().rank() == 0 ? type : type.with(type.shape().with(0, batch))));
        return types;
    }

    /** None if the layer takes no such batch. */
    private static Map<String, Declaration> declarations(Layer layer, DType dtype, List<TensorType> inputs) {
        try {
            return Trace.of(layer, dtype, inputs, false).declarations();
        } catch (RuntimeException e) {
            return Map.of();
        }
    }

    private static void requireEqual(
            Map<String, Declaration> some, long batch, Map<String, Declaration> others, long other) {
        some.forEach((path, declaration) -> {
            Declaration again = others.get(path);
            if (again == null || !again.type().equals(declaration.type())) {
                throw new LaminaException(
                        ErrorCode.BATCH_OPEN,
                        "parameter " + path + " would be " + declaration.type().shape() + " for a batch of " + batch
                                + " and "
                                + (again == null ? "missing" : again.type().shape()) + " for one of " + other
                                + ", so it depends on the batch size. Give it a shape without the batch axis.");
            }
        });
    }
}
