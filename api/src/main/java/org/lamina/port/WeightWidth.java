package org.lamina.port;

import java.util.Collection;
import java.util.Set;
import org.lamina.Arguments;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Width;

/** The floating dtype of a model that is ported. */
public final class WeightWidth {
    private WeightWidth() {}

    /**
     * The width of all weights; float32 if none is floating.
     *
     * @throws LaminaException DTYPE if they are of both, as some would be rounded
     */
    public static DType of(Collection<HostArray> weights) {
        Set<DType> widths = Width.floating(Width.dtypes(Arguments.require(weights, "WeightWidth.of", "weights")));
        if (widths.size() > 1) {
            throw new LaminaException(
                    ErrorCode.DTYPE,
                    "port: the weights are both float32 and float64, and a model works in one of them, so some would be rounded. "
                            + "Nothing was ported. Cast them to one.");
        }
        return widths.stream().findFirst().orElse(DType.FLOAT32);
    }
}
