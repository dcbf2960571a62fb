package org.lamina.djl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Convolution;

/**
 * The convolutions of a program. MXNet computes both derivatives of one by one op, which must be told which convolution it is the
 * derivative of, as MXNet finds the shapes there.
 */
final class DjlSymbolConvolutions {
    private record Made(
            Convolution convolution,
            DjlSymbol x,
            DjlSymbol weight,
            @Nullable DjlSymbol bias,
            DjlSymbol value) {
        Map<String, ?> settings() {
            return DjlSymbolConvolutions.settings(convolution, weight.shape(), bias != null);
        }

        /** What the value is computed from, and the derivatives by it are in this order too. */
        List<DjlSymbol> operands() {
            return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
        }
    }

    private record Key(DjlSymbol value, DjlSymbol cotangent) {}

    private final List<Made> all = new ArrayList<>();
    private final Map<Key, List<DjlSymbol>> derivatives = new HashMap<>();
    /** What values that are the maximum of something and 0 are computed from. */
    private final Map<DjlSymbol, DjlSymbol> rectified = new HashMap<>();

    private final DjlSymbolWriter writer;
    private final DjlSymbolDetours detours;

    DjlSymbolConvolutions(DjlSymbolWriter writer, DjlSymbolDetours detours) {
        this.writer = writer;
        this.detours = detours;
    }

    /** Says that a value is the maximum of x and 0. */
    void rectified(DjlSymbol value, DjlSymbol x) {
        if (x.type().equals(value.type()) && x.type().dtype() == DType.FLOAT32) {
            rectified.put(value, x);
        }
    }

    /**
     * What a convolution reads in place of a value. A maximum with 0 leaves the layout that convolutions compute in; the exponential
     * unit of scale 0, which is 0 (e^x - 1) below 0, does not, and differs in the sign of zeros, which a sum that begins with +0
     * never shows.
     */
    private DjlSymbol read(DjlSymbol value) {
        DjlSymbol x = rectified.get(value);
        return x == null
                ? value
                : detours.op("_npx_leaky_relu", value.type(), Map.of("act_type", "elu", "slope", 0), x);
    }

    private static Map<String, ?> settings(Convolution convolution, Shape weight, boolean biased) {
        long[] padding = convolution.padding().stream()
                .mapToLong(widths -> widths.get(0))
                .toArray();
        return Map.of(
                "kernel", DjlSymbolDetours.tuple(weight.slice(2, weight.rank())),
                "stride", tuple(convolution.stride()),
                "dilate", tuple(convolution.dilation()),
                "pad", DjlSymbolDetours.tuple(Shape.of(padding)),
                "num_filter", weight.extent(0),
                "num_group", convolution.groups(),
                "no_bias", biased ? "False" : "True");
    }

    private static String tuple(List<Long> sizes) {
        return DjlSymbolDetours.tuple(
                Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()));
    }

    DjlSymbol value(Convolution convolution, TensorType type, DjlSymbol x, DjlSymbol weight) {
        Map<String, ?> settings = settings(convolution, weight.shape(), false);
        DjlSymbol value = detours.op("_npx_convolution", type, settings, read(x), weight);
        all.add(new Made(convolution, x, weight, null, value));
        return value;
    }

    /**
     * The convolution whose value is x with a bias, or null if x is none or what is added is no bias. It takes the place of the one
     * without, which its derivatives are those of.
     */
    @Nullable
    DjlSymbol biased(DjlSymbol x, DjlSymbol added) {
        for (int i = 0; i < all.size(); i++) {
            Made made = all.get(i);
            if (made.value().equals(x) && made.bias() == null && isBias(x.shape(), added.shape())) {
                DjlSymbol bias = detours.reshape(added, Shape.of(x.shape().extent(1)));
                Map<String, ?> settings =
                        settings(made.convolution(), made.weight().shape(), true);
                DjlSymbol read = read(made.x());
                DjlSymbol value = detours.op("_npx_convolution", x.type(), settings, read, made.weight(), bias);
                all.set(i, new Made(made.convolution(), made.x(), made.weight(), bias, value));
                return value;
            }
        }
        return null;
    }

    /** True for one number for each channel. */
    private static boolean isBias(Shape x, Shape added) {
        int channel = added.rank() - x.rank() + 1;
        return channel >= 0 && added.extent(channel) == x.extent(1) && added.size() == x.extent(1);
    }

    /** The values of x do not matter, nor which convolution with the weight it is. */
    DjlSymbol byInput(Convolution convolution, TensorType type, DjlSymbol weight, DjlSymbol cotangent) {
        Made made = find(
                convolution,
                cotangent,
                one -> one.weight().equals(weight) && one.x().type().equals(type));
        if (made == null) {
            made = make(convolution, cotangent, some(type), weight);
        }
        return derivatives(made, cotangent).get(0);
    }

    /** The values of the weight do not matter. */
    DjlSymbol byWeight(Convolution convolution, TensorType type, DjlSymbol x, DjlSymbol cotangent) {
        Made made = find(
                convolution,
                cotangent,
                one -> one.x().equals(x) && one.weight().type().equals(type));
        if (made == null) {
            made = make(convolution, cotangent, x, some(type));
        }
        return derivatives(made, cotangent).get(1);
    }

    private DjlSymbol some(TensorType type) {
        return writer.constant(HostArray.full(type, 0));
    }

    private @Nullable Made find(Convolution convolution, DjlSymbol cotangent, Predicate<Made> condition) {
        return all.stream()
                .filter(one -> one.convolution().equals(convolution)
                        && one.value().type().equals(cotangent.type())
                        && condition.test(one))
                .findFirst()
                .orElse(null);
    }

    private Made make(Convolution convolution, DjlSymbol cotangent, DjlSymbol x, DjlSymbol weight) {
        value(convolution, cotangent.type(), x, weight);
        return all.get(all.size() - 1);
    }

    private List<DjlSymbol> derivatives(Made made, DjlSymbol cotangent) {
        return derivatives.computeIfAbsent(new Key(made.value(), cotangent), key -> {
            List<DjlSymbol> given = new ArrayList<>(made.operands());
            given.add(0, cotangent);
            List<TensorType> types =
                    made.operands().stream().map(DjlSymbol::type).toList();
            return writer.derivatives("_backward_Convolution", made.settings(), given, made.value(), types);
        });
    }
}
