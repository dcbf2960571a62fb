package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layers.Dense;

/**
 * Every public method of arrays, shapes and models, called with arguments at random, gives a value or throws a {@link LaminaException}.
 * For a longer search give {@code -Dlamina.calls=1000000}.
 */
class RandomObjectsTest {
    private static final long SEED = Long.getLong("lamina.calls.seed", 1);
    private static final int CALLS = Integer.getInteger("lamina.calls", 20_000);
    private static final int MODEL_CALLS = Math.max(300, Integer.getInteger("lamina.calls", 0) / 100);
    private static final int EACH = 60;
    /** What takes functions of the caller's, whose own exceptions pass through, or ends the model. */
    private static final Set<String> NOT_CALLED =
            Set.of("exchange", "onClose", "forgetOnClose", "close", "copyTo", "backend", "layer");

    private static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !NOT_CALLED.contains(method.getName()))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    static Stream<Class<?>> values() {
        return Stream.of(HostArray.class, Shape.class);
    }

    @ParameterizedTest
    @MethodSource("values")
    void givesAValueOrRefuses(Class<?> type) {
        List<Method> methods = methods(type);
        Map<String, Integer> computed = new TreeMap<>();
        for (int call = 0; call < Math.max(CALLS, EACH * methods.size()); call++) {
            RandomValues values = new RandomValues(new Random(SEED * 1_000_003 + call));
            Method method = methods.get(call % methods.size());
            boolean computes = computes(method, values.value(type, 0), values, call);
            computed.merge(method.getName(), computes ? 1 : 0, Integer::sum);
        }
        assertThat(computed.entrySet())
                .allSatisfy(
                        entry -> assertThat(entry.getValue()).as(entry.getKey()).isPositive());
    }

    @ParameterizedTest
    @MethodSource("org.lamina.Backend#available")
    void aModelAnswersOrRefuses(String name) {
        List<Method> methods = methods(Model.class);
        int computed = 0;
        try (Backend backend = Backend.load(name)) {
            for (int call = 0; call < MODEL_CALLS; call++) {
                RandomValues values = new RandomValues(new Random(SEED * 1_000_003 + call));
                try (Model model = backend.model(new Dense(3))) {
                    if (values.random().nextInt(4) > 0) {
                        model.initialize(Shape.of(2, 3), 1);
                    }
                    Method method = methods.get(call % methods.size());
                    computed += computes(method, model, values, call) ? 1 : 0;
                    if (values.random().nextBoolean()) {
                        computes(methods.get(values.random().nextInt(methods.size())), model, values, call);
                    }
                }
            }
        }
        assertThat(computed).isBetween(MODEL_CALLS / 20, MODEL_CALLS - 1);
    }

    private static boolean computes(Method method, Object on, RandomValues values, int call) {
        Object[] arguments = Arrays.stream(method.getGenericParameterTypes())
                .map(type -> argument(type, values))
                .toArray();
        String what = method + " on " + on.getClass().getSimpleName() + " with " + Arrays.deepToString(arguments)
                + ", call " + call;
        try {
            method.invoke(on, arguments);
            return true;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof LaminaException refused) {
                assertThat(refused.getMessage()).as(what).contains(". ");
                return false;
            }
            throw new AssertionError(what, e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(what, e);
        }
    }

    private static Object argument(java.lang.reflect.Type type, RandomValues values) {
        if (type instanceof java.lang.reflect.ParameterizedType map && map.getRawType() == Map.class) {
            return Map.of(values.value(String.class, 0).toString(), values.value(HostArray.class, 0));
        }
        return values.value(type, 0);
    }
}
