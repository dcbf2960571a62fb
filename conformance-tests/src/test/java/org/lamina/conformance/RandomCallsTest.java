package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.TensorType;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Tensor;
import org.lamina.layer.Trace;

/**
 * Every public op, called with dtypes, shapes, axes and numbers at random, computes or throws a {@link LaminaException}: many
 * calls are traced, which needs no backend, and a fifth of them run on each. For a longer search give {@code
 * -Dlamina.calls=1000000}; {@code -Dlamina.calls.seed} chooses other calls.
 */
class RandomCallsTest {
    private static final int TRACES = Integer.getInteger("lamina.calls", 20_000);
    private static final int CALLS = Math.max(300, Integer.getInteger("lamina.calls", 0) / 5);
    private static final long SEED = Long.getLong("lamina.calls.seed", 1);
    /** Calls in one model, as making and compiling one takes longer than any of these calls. */
    private static final int TOGETHER = 8;

    private static final int INPUTS = 3;
    /** What asks a tensor instead of computing one. */
    private static final Set<String> QUESTIONS =
            Set.of("node", "type", "dtype", "shape", "constant", "toString", "toHostArray", "toDouble", "toBoolean");

    private static final List<Method> OPS = Arrays.stream(Tensor.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !QUESTIONS.contains(method.getName()))
            .sorted(Comparator.comparing(Method::toString))
            .toList();

    /** A method that is new is called by this test as it is; here it shows if no call of it is ever right. */
    @Test
    void tracesOrRefuses() {
        Map<Method, Integer> traced = new HashMap<>();
        for (int call = 0; call < TRACES; call++) {
            Method op = OPS.get(call % OPS.size());
            traced.merge(op, traces(op, SEED * 1_000_003 + call) ? 1 : 0, Integer::sum);
        }
        assertThat(traced).hasSize(OPS.size());
        assertThat(traced.entrySet()).allSatisfy(op -> assertThat(op.getValue())
                .as("calls of %s that were right", op.getKey())
                .isPositive());
    }

    @Test
    void everyPublicMethodIsAnOpOrAQuestion() {
        Set<String> methods = Arrays.stream(Tensor.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());
        Set<String> known = OPS.stream().map(Method::getName).collect(Collectors.toSet());
        known.addAll(QUESTIONS);
        assertThat(known).isEqualTo(methods);
    }

    private static boolean traces(Method op, long seed) {
        List<TensorType> inputs = new RandomArguments(new Random(seed))
                .arrays(INPUTS).stream().map(HostArray::type).toList();
        try {
            Trace.of(layer(op, seed), DType.FLOAT32, inputs, false);
            return true;
        } catch (LaminaException refused) {
            assertThat(refused.getMessage()).as(op + " of " + seed).contains(". ");
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(op + " with seed " + seed, e);
        }
    }

    private static MultiLayer layer(Method op, long seed) {
        return (scope, tensors) -> call(op, tensors, new RandomArguments(new Random(seed)));
    }

    /** One of them if {@code -Dlamina.calls.backend} names it. */
    static List<String> backends() {
        String chosen = System.getProperty("lamina.calls.backend");
        return chosen == null ? Backend.available() : List.of(chosen);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void computesOrRefuses(String name) {
        int computed = 0;
        try (Backend backend = Backend.load(name)) {
            for (int call = 0; call < CALLS; call += TOGETHER) {
                List<Call> calls = new ArrayList<>();
                for (int i = call; i < Math.min(CALLS, call + TOGETHER); i++) {
                    calls.add(new Call(OPS.get(i % OPS.size()), SEED * 1_000_003 + i));
                }
                computed += computed(backend, calls);
            }
        }
        assertThat(computed).as("calls of %s that computed something", CALLS).isBetween(CALLS / 20, CALLS - 1);
    }

    /** An op with inputs and arguments that a seed draws. */
    private record Call(Method op, long seed) {
        List<HostArray> inputs() {
            return new RandomArguments(new Random(seed)).arrays(INPUTS);
        }

        boolean traces() {
            return RandomCallsTest.traces(op, seed);
        }
    }

    /** How many of some calls computed: all that can be traced in one model, which is made once, and each alone if that is refused. */
    private static int computed(Backend backend, List<Call> calls) {
        List<Call> traced = calls.stream().filter(Call::traces).toList();
        if (traced.isEmpty() || computes(backend, traced)) {
            return traced.size();
        }
        return (int) traced.stream()
                .filter(call -> traced.size() > 1 && computes(backend, List.of(call)))
                .count();
    }

    private static boolean computes(Backend backend, List<Call> calls) {
        List<HostArray> inputs =
                calls.stream().flatMap(call -> call.inputs().stream()).toList();
        MultiLayer layer = (scope, tensors) -> {
            List<Tensor> outputs = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                List<Tensor> own = tensors.subList(INPUTS * i, INPUTS * (i + 1));
                outputs.addAll(call(
                        calls.get(i).op(),
                        own,
                        new RandomArguments(new Random(calls.get(i).seed()))));
            }
            return outputs;
        };
        try (Model model = backend.model(layer)) {
            model.initialize(inputs.stream().map(HostArray::type).toList(), 1);
            model.predict(inputs);
            model.gradients(inputs, List.of());
            return true;
        } catch (LaminaException refused) {
            assertThat(refused.getMessage()).as("%s", calls).contains(". ");
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(calls + " on " + backend.info().name(), e);
        }
    }

    private static List<Tensor> call(Method op, List<Tensor> tensors, RandomArguments random) {
        Object[] arguments = Arrays.stream(op.getParameterTypes())
                .map(type -> random.argument(type, tensors))
                .toArray();
        try {
            Object result = op.invoke(tensors.get(0), arguments);
            List<Tensor> outputs = new ArrayList<>();
            for (Object each : result instanceof List<?> list ? list : List.of(result)) {
                outputs.add((Tensor) each);
            }
            return outputs;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(op + " with " + Arrays.deepToString(arguments), e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(op.toString(), e);
        }
    }
}
