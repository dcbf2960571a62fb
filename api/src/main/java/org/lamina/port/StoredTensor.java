package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/**
 * An array of another framework and the parameters of a layer that are in it: those, one after another along an axis, in a layout.
 *
 * @param name what the framework calls it, below the layer's own name
 * @param parts the parameters, all of one shape
 * @param axis along which they follow one another, of Lamina's layout
 * @param layout how they lie in the file
 */
public record StoredTensor(String name, List<Part> parts, int axis, Layout layout) {
    /**
     * A parameter in an array.
     *
     * @param parameter its path below the layer's, such as {@code weight} or {@code query.weight}
     * @param added true if the array is added to what another one holds of it, as frameworks have two biases where Lamina has their
     *     sum; it is zeros when it is written
     */
    public record Part(String parameter, boolean added) {}

    /** Copies the list. */
    public StoredTensor {
        parts = List.copyOf(parts);
    }

    /** One parameter under another name. */
    public static StoredTensor single(String name, String parameter) {
        return single(name, parameter, Layout.same());
    }

    /** One parameter in another layout. */
    public static StoredTensor single(String name, String parameter, Layout layout) {
        return packed(name, 0, layout, parameter);
    }

    /** Several parameters side by side. */
    public static StoredTensor packed(String name, int axis, Layout layout, String... parameters) {
        return new StoredTensor(
                name,
                Stream.of(parameters)
                        .map(parameter -> parameter.startsWith("+")
                                ? new Part(parameter.substring(1), true)
                                : new Part(parameter, false))
                        .toList(),
                axis,
                layout);
    }

    /** The same in a layout that comes before its own. */
    StoredTensor after(Layout first) {
        return new StoredTensor(name, parts, axis, first.then(layout));
    }

    /** The array for the parameters' values, in the order of the parts. */
    HostArray store(List<HostArray> values) {
        List<HostArray> stored = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            HostArray value = values.get(i);
            stored.add(parts.get(i).added ? HostArray.full(value.type(), 0) : value);
        }
        return layout.store(Elements.concat(stored, axis));
    }

    /** The values of the parts in an array. @throws LaminaException with {@link ErrorCode#WEIGHTS} if its shape does not do */
    List<HostArray> load(HostArray stored) {
        HostArray packed = layout.load(stored);
        if (packed.shape().rank() <= axis && parts.size() > 1) {
            throw new LaminaException(ErrorCode.WEIGHTS, "it is " + stored.shape() + ", which has too few axes");
        }
        if (parts.size() > 1 && packed.shape().extent(axis) % parts.size() != 0) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "it is " + stored.shape() + ", which does not divide into " + parts.size() + " parts");
        }
        return Elements.split(packed, axis, parts.size());
    }
}
