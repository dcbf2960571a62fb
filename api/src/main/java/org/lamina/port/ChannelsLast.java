package org.lamina.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layers.Permute;
import org.lamina.port.AxisOrder.Flattened;
import org.lamina.port.AxisOrder.Ordered;

/**
 * How a model lies in a format that has the channels last. Its images and sequences of channels have them after the batch here; each
 * layer that works along axes of another meaning there is turned by a {@link Permute}, or told as a misfit.
 *
 * @param layer the model as it computes the same here
 * @param paths of the layers of the model that was given, with those in this one
 * @param flattened by the path of a Dense in the model that was given, the channels that were flattened before it
 * @param misfits what could not be turned
 * @param turned how many orders of axes were changed
 * @param remarks how the inputs and outputs lie, and what was turned
 */
record ChannelsLast(
        Layer layer,
        Map<String, String> paths,
        Map<String, Flattened> flattened,
        List<AxisTrace.Misfit> misfits,
        int turned,
        List<String> remarks) {
    private static final int MOST = 64;

    /** One that is turned is better than one that cannot be. */
    private static final int MISFIT = 1000;

    /**
     * A model as its source has it: what works along axes of another meaning there is turned.
     *
     * @throws org.lamina.LaminaException if the layer does not take such inputs
     */
    static ChannelsLast read(String format, Layer layer, List<TensorType> inputs) {
        ChannelsLast read = best(format, layer, inputs, MOST);
        return read.turned == 0 ? read : read.withoutGuess("", layer);
    }

    /** A Permute that is given may be of the source too, or be there since the source has the channels last: weights do not tell. */
    private ChannelsLast withoutGuess(String path, Layer at) {
        if (at instanceof Permute) {
            List<AxisTrace.Misfit> all = new ArrayList<>(misfits);
            all.add(new AxisTrace.Misfit(path, at, null, "weights do not tell whether the source has it too"));
            return new ChannelsLast(layer, paths, flattened, all, turned, remarks);
        }
        ChannelsLast all = this;
        for (Map.Entry<String, Layer> child : ChildLayers.of(at).entrySet()) {
            all = all.withoutGuess(path.isEmpty() ? child.getKey() : path + "." + child.getKey(), child.getValue());
        }
        return all;
    }

    /** A model as it is here. */
    static ChannelsLast written(String format, Layer layer, List<TensorType> inputs) {
        return best(format, layer, inputs, 0);
    }

    /** Of the orders that the inputs may lie in that with the least to turn, as in the source if that is no matter. */
    private static ChannelsLast best(String format, Layer layer, List<TensorType> inputs, int most) {
        @Nullable ChannelsLast best = null;
        @Nullable LaminaException refused = null;
        for (List<Ordered> orders : orders(inputs)) {
            try {
                ChannelsLast next = turned(format, layer, inputs, orders, most);
                best = best == null || next.cost() < best.cost() ? next : best;
            } catch (LaminaException e) {
                // Turned, it does not take such inputs.
                refused = e;
            }
        }
        if (best == null) {
            throw Objects.requireNonNull(refused);
        }
        return best;
    }

    private static ChannelsLast turned(
            String format, Layer layer, List<TensorType> inputs, List<Ordered> orders, int most) {
        Turning turning = new Turning(layer);
        AxisTrace trace = AxisTrace.of(layer, inputs, orders);
        for (int i = 0; i < most && turnsFirst(turning, trace); i++) {
            trace = AxisTrace.of(turning.layer(), inputs, orders);
        }
        return result(format, turning, trace, orders);
    }

    private int cost() {
        return MISFIT * misfits.size() + turned;
    }

    private static boolean turnsFirst(Turning turning, AxisTrace trace) {
        return !trace.misfits().isEmpty() && turning.turn(trace.misfits().get(0));
    }

    /** Every way in which floats of three or more axes may be meant: as in the source, or with the channels after the batch. */
    private static List<List<Ordered>> orders(List<TensorType> inputs) {
        List<List<Ordered>> all = List.of(List.of());
        for (TensorType input : inputs) {
            int rank = input.shape().rank();
            List<Ordered> own = new ArrayList<>(List.of(Ordered.same(rank).given(true)));
            if (rank > 2 && input.dtype().isFloating()) {
                own.add(Ordered.channels(rank).given(true));
            }
            List<List<Ordered>> longer = new ArrayList<>();
            all.forEach(before -> own.forEach(order -> {
                List<Ordered> orders = new ArrayList<>(before);
                orders.add(order);
                longer.add(orders);
            }));
            all = longer;
        }
        return all;
    }

    private static ChannelsLast result(String format, Turning turning, AxisTrace trace, List<Ordered> orders) {
        Map<String, String> paths = turning.paths();
        Map<String, Flattened> flattened = new LinkedHashMap<>();
        paths.forEach((before, now) -> {
            Flattened channels = trace.flattened().get(now);
            if (channels != null) {
                flattened.put(before, channels);
            }
        });
        return new ChannelsLast(
                turning.layer(),
                paths,
                flattened,
                trace.misfits(),
                turning.count(),
                remarks(format, turning, trace, orders));
    }

    private static List<String> remarks(String format, Turning turning, AxisTrace trace, List<Ordered> orders) {
        List<String> remarks = new ArrayList<>();
        boolean in = orders.stream().anyMatch(order -> !order.isSame());
        boolean out = trace.outputs().stream().anyMatch(order -> order instanceof Ordered ordered && !ordered.isSame());
        if (in || out) {
            remarks.add("the " + (in && out ? "input and the output have" : in ? "input has" : "output has")
                    + " the channels after the batch here, and last in " + format);
        }
        trace.flattenedInputs()
                .forEach(flatten -> remarks.add(flatten + " (Flatten) takes the input with its axes as they are in "
                        + format + ", the channels last"));
        if (turning.count() > 0) {
            remarks.add("put in as " + format + " has the channels last: " + String.join(", ", turning.places()));
        }
        return remarks;
    }

    /** By the path of a Dense, how many channels were flattened before it. */
    Map<String, Long> channels() {
        Map<String, Long> channels = new LinkedHashMap<>();
        flattened.forEach((path, order) -> channels.put(path, order.channels()));
        return channels;
    }

    /** Adds what could not be turned to what does not fit. */
    void addTo(Misfits all, String format) {
        for (AxisTrace.Misfit misfit : misfits) {
            String name = misfit.path().isEmpty() ? "the model" : "layer " + misfit.path();
            all.add(
                    name + " (" + misfit.layer().getClass().getSimpleName() + ")",
                    misfit.reason()
                            + (misfit.layer() instanceof Permute
                                    ? ". Leave it out if " + format
                                            + " has none, and it is put in where it is needed; else port from npz"
                                    : " in " + format + ", where the channels are last. Put a Permute before it"));
        }
    }
}
