package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layers.StandardLayers;
import org.lamina.train.Adagrad;
import org.lamina.train.Adam;
import org.lamina.train.Loss;
import org.lamina.train.Momentum;
import org.lamina.train.Optimizer;
import org.lamina.train.RmsProp;
import org.lamina.train.Sgd;
import org.lamina.train.Trainer;

/**
 * Every layer of the library, loss and optimizer, with configurations and inputs at random, computes or throws a {@link
 * LaminaException}. For a longer search give {@code -Dlamina.calls=1000000}.
 */
class RandomLayersTest {
    private static final long SEED = Long.getLong("lamina.calls.seed", 1);
    private static final int TRACES = Integer.getInteger("lamina.calls", 20_000);
    private static final int CALLS = Math.max(200, Integer.getInteger("lamina.calls", 0) / 100);
    private static final List<Map.Entry<String, Class<? extends Layer>>> LAYERS =
            List.copyOf(new TreeMap<>(new StandardLayers().layers()).entrySet());
    private static final List<Class<? extends Optimizer>> OPTIMIZERS =
            List.of(Sgd.class, Momentum.class, Adam.class, RmsProp.class, Adagrad.class);

    private static RandomValues values(int call) {
        return new RandomValues(new Random(SEED * 1_000_003 + call));
    }

    private static Layer layer(RandomValues values, int call) {
        return values.layer(LAYERS.get(call % LAYERS.size()).getValue(), 0);
    }

    private static List<TensorType> inputs(Random random) {
        DType dtype = random.nextInt(4) == 0 ? DType.INT64 : DType.FLOAT32;
        int rank = random.nextBoolean() ? 4 : random.nextInt(5);
        long[] sizes = random.longs(rank, random.nextInt(4) == 0 ? 0 : 1, 6).toArray();
        TensorType type = new TensorType(dtype, Shape.of(sizes));
        return random.nextInt(4) == 0 ? List.of(type, type, type) : List.of(type);
    }

    @FunctionalInterface
    private interface Call {
        void run();
    }

    /** True if it computed. */
    private static boolean computes(String what, Call call) {
        try {
            call.run();
            return true;
        } catch (LaminaException refused) {
            assertThat(refused.getMessage()).as(what).contains(". ");
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void tracesOrRefuses() {
        Map<String, Integer> traced = new TreeMap<>();
        for (int i = 0; i < TRACES; i++) {
            int call = i;
            String name = LAYERS.get(call % LAYERS.size()).getKey();
            boolean computed = computes(name + " of call " + call, () -> {
                RandomValues values = values(call);
                Layer layer = layer(values, call);
                Trace.of(
                        layer,
                        DType.FLOAT32,
                        inputs(values.random()),
                        values.random().nextBoolean());
            });
            traced.merge(name, computed ? 1 : 0, Integer::sum);
        }
        assertThat(traced).hasSize(LAYERS.size());
        assertThat(traced.entrySet())
                .allSatisfy(
                        entry -> assertThat(entry.getValue()).as(entry.getKey()).isPositive());
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void computesOrRefuses(String name) {
        int computed = 0;
        try (Backend backend = Backend.load(name)) {
            for (int i = 0; i < CALLS; i++) {
                int call = i;
                computed += computes(name + ", call " + call, () -> compute(backend, call)) ? 1 : 0;
            }
        }
        assertThat(computed).isBetween(CALLS / 20, CALLS - 1);
    }

    private static void compute(Backend backend, int call) {
        RandomValues values = values(call);
        Layer layer = layer(values, call);
        List<TensorType> types = inputs(values.random());
        List<HostArray> inputs =
                types.stream().map(type -> HostArray.generate(type, i -> i % 3)).toList();
        try (Model model = backend.model(layer)) {
            model.initialize(types, 1);
            model.predict(inputs);
            model.gradients(inputs, List.of());
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void trainsOrRefuses(String name) {
        int trained = 0;
        try (Backend backend = Backend.load(name)) {
            for (int i = 0; i < CALLS; i++) {
                int call = i;
                trained += computes(name + ", call " + call, () -> train(backend, call)) ? 1 : 0;
            }
        }
        assertThat(trained).isBetween(1, CALLS - 1);
    }

    private static void train(Backend backend, int call) {
        RandomValues values = values(call);
        Random random = values.random();
        Optimizer optimizer = values.record(OPTIMIZERS.get(call % OPTIMIZERS.size()), 0);
        Loss loss = values.one(
                List.of(Loss.crossEntropy(), Loss.meanSquaredError(), Loss.binaryCrossEntropy(), Loss.huber((Double)
                        values.value(double.class, 0))));
        HostArray target = random.nextBoolean()
                ? HostArray.normal(Shape.of(2, 3), 2)
                : random.nextBoolean()
                        ? HostArray.generate(new TensorType(DType.INT64, Shape.of(2)), i -> random.nextInt(5) - 1)
                        : (HostArray) values.value(HostArray.class, 0);
        try (Model model = backend.model(new org.lamina.layers.Dense(3)).initialize(Shape.of(2, 4), 1);
                Trainer trainer = Trainer.of(model, loss, optimizer, 1)) {
            trainer.step(HostArray.normal(Shape.of(2, 4), 1), target);
            trainer.step(HostArray.normal(Shape.of(2, 4), 2), target);
        }
    }
}
