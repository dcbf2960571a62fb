package org.lamina.port;

import java.util.Collection;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;

/** The floating dtype of a model that is ported. */
public final class WeightWidth {
    private WeightWidth() {}

    /**
     * The width of all weights; float32 if none is floating.
     *
     * @throws LaminaException DTYPE if they are of both, as some would be rounded
     */
    public static DType of(Collection<HostArray> weights) {
        Arguments.require(weights, "WeightWidth.of", "weights");
        long widths = weights.stream()
                .map(HostArray::dtype)
                .filter(DType::isFloating)
                .distinct()
                .count();
        if (widths > 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    "port: the weights are both float32 and float64, and a model works in one of them, so some would be rounded. "
                            + "Nothing was ported. Cast them to one.");
        }
        return weights.stream().anyMatch(value -> value.dtype() == DType.FLOAT64) ? DType.FLOAT64 : DType.FLOAT32;
    }
}
