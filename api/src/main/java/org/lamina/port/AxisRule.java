package org.lamina.port;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Layer;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Embedding;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.LogSoftmax;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.PositionalEncoding;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softmax;
import org.lamina.layers.TensorReduction;
import org.lamina.port.AxisOrder.Ordered;

/**
 * Along which axes a layer of the library works, here and in a format that has the channels last. What is not listed works element
 * by element, or is followed op by op.
 */
enum AxisRule {
    /** Along the last axis in both. */
    LAST("works along the last axis", true),
    /** The same, by a matrix whose rows may follow a flattening. */
    ROWS("works along the last axis", true),
    /** Of (batch, time, features) in both. */
    SEQUENCE("takes (batch, time, features)", false),
    /** Of (batch, channels, places) here, and (batch, places, channels) there. */
    PLACES("takes (batch, channels, ...)", false),
    /** Channel by channel. */
    CHANNELS("works along axis 1, the channels", true);

    private static final Map<Class<?>, AxisRule> RULES = Map.ofEntries(
            Map.entry(Dense.class, ROWS),
            Map.entry(MyLinear.class, ROWS),
            Map.entry(MyDense.class, ROWS),
            Map.entry(LayerNorm.class, LAST),
            Map.entry(RmsNorm.class, LAST),
            Map.entry(Softmax.class, LAST),
            Map.entry(LogSoftmax.class, LAST),
            Map.entry(TensorReduction.class, LAST),
            Map.entry(AffineTransform.class, SEQUENCE),
            Map.entry(Embedding.class, SEQUENCE),
            Map.entry(HalfFourier.class, SEQUENCE),
            Map.entry(PositionalEncoding.class, SEQUENCE),
            Map.entry(Lstm.class, SEQUENCE),
            Map.entry(Gru.class, SEQUENCE),
            Map.entry(SimpleRnn.class, SEQUENCE),
            Map.entry(MultiHeadAttention.class, SEQUENCE),
            Map.entry(Conv1d.class, PLACES),
            Map.entry(Conv2d.class, PLACES),
            Map.entry(ConvTranspose2d.class, PLACES),
            Map.entry(MaxPool2d.class, PLACES),
            Map.entry(AvgPool2d.class, PLACES),
            Map.entry(GlobalAveragePool.class, PLACES),
            Map.entry(GroupNorm.class, PLACES),
            Map.entry(BatchNorm.class, CHANNELS));

    private final String description;
    private final boolean keepsOrder;

    AxisRule(String description, boolean keepsOrder) {
        this.description = description;
        this.keepsOrder = keepsOrder;
    }

    static @Nullable AxisRule of(Layer layer) {
        return RULES.get(layer.getClass());
    }

    /** For messages. */
    String description() {
        return description;
    }

    /** True if the output lies as the input does. */
    boolean keepsOrder() {
        return keepsOrder;
    }

    /** True if an input may lie so. */
    boolean allows(Ordered order) {
        int last = order.rank() - 1;
        return switch (this) {
            case LAST, ROWS ->
                order.rank() == 0
                        || order.source().get(last) == last
                        || !order.significant().get(last);
            case SEQUENCE, PLACES -> order.agrees(wanted(order.rank()));
            case CHANNELS -> order.rank() < 3 ? order.isSame() : order.source().get(1) == last;
        };
    }

    /** The order that suits this rule. */
    Ordered wanted(int rank) {
        return this == PLACES || this == CHANNELS ? Ordered.channels(rank) : Ordered.same(rank);
    }

    /** The order of an output whose input lies in an order that is allowed. */
    Ordered output(Layer layer, Ordered input, int rank) {
        boolean confirmed = !(layer instanceof MaxPool2d || layer instanceof AvgPool2d);
        if (keepsOrder && input.rank() == rank) {
            return input.given(false);
        }
        Ordered order = this == PLACES ? Ordered.channels(rank) : Ordered.same(rank);
        return order.given(!confirmed && input.given());
    }
}
