package org.lamina.conformance;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.layer.Tensor;

/**
 * A law that a layer keeps whatever its weights and inputs are: two ways to compute with it that are equal in real arithmetic,
 * such as {@code f(x + c) = f(x)}. {@link Laws} has those that many layers keep. A check needs no expected numbers, so it finds a
 * mistake in the layer itself, which every backend would repeat.
 *
 * @param name as an equation
 * @param left one way
 * @param right the other, with as many results
 * @param weights changes a copy of the layer's values for the right side; null if both sides have the same
 * @param exact true if both sides must be equal to the last bit; else the difference must lie within its tolerance of 0
 * @param bound the tolerance in a float width; null to derive it from the computation
 */
public record Law(
        String name,
        Side left,
        Side right,
        @Nullable UnaryOperator<Map<String, HostArray>> weights,
        boolean exact,
        @Nullable ToDoubleFunction<DType> bound) {
    /** The layer as a function of tensors. */
    @FunctionalInterface
    public interface Function {
        /** The outputs for inputs. */
        List<Tensor> of(List<Tensor> inputs);

        /** The first output for one input. */
        default Tensor of(Tensor x) {
            return of(List.of(x)).get(0);
        }
    }

    /** One side of a law for a layer of any inputs and outputs. */
    @FunctionalInterface
    public interface Side {
        /** What must be equal to the other side's. */
        List<Tensor> of(Function layer, List<Tensor> inputs);
    }

    /** One side of a law for a layer of one input and one output. */
    @FunctionalInterface
    public interface Simple {
        /** What must be equal to the other side's. */
        Tensor of(Function layer, Tensor x);
    }

    /** A law of a layer of one input and one output. */
    public static Law of(String name, Simple left, Simple right) {
        return ofLists(name, side(left), side(right));
    }

    /** A law of a layer of any inputs and outputs. */
    public static Law ofLists(String name, Side left, Side right) {
        return new Law(name, left, right, null, false, null);
    }

    private static Side side(Simple simple) {
        return (layer, inputs) -> List.of(simple.of(layer, inputs.get(0)));
    }

    /** The same law with other weights on its right side; paths are the layer's own. */
    public Law withWeights(UnaryOperator<Map<String, HostArray>> change) {
        return new Law(name, left, right, change, exact, bound);
    }

    /** The same law, to the last bit. */
    public Law toTheLastBit() {
        return new Law(name, left, right, weights, true, bound);
    }

    /**
     * The same law within a number that holds for its inputs alone, such as those of {@link ConstantLaws}. No tolerance is derived
     * then, so that inputs can be as large as a backend takes.
     */
    public Law within(ToDoubleFunction<DType> difference) {
        return new Law(name, left, right, weights, exact, difference);
    }

    @Override
    public String toString() {
        return name;
    }
}
