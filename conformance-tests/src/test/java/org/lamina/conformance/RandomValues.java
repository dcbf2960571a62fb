package org.lamina.conformance;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layers.StandardLayers;

/** Values of any type that the library's public methods and records take, most of which must be refused. */
record RandomValues(Random random) {
    private static final List<Map.Entry<String, Class<? extends Layer>>> LAYERS = new StandardLayers()
            .layers().entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();

    /** Sizes that no array has, or that overflow when they are multiplied. Between them and small ones lie those that a test cannot hold. */
    private static final long[] EXTREMES = {
        Long.MIN_VALUE, Long.MAX_VALUE, -1, -2, 1L << 33, 1L << 62, Integer.MIN_VALUE, (1L << 32) + 1
    };

    private static final int DEEPEST = 3;
    private static final int MOST = 4;

    /** @throws IllegalStateException for a type that it does not know, which a test then shows */
    Object value(Type type, int depth) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            List<Object> values = new ArrayList<>();
            // Mostly pairs, as of a window's height and width.
            for (int i = random.nextInt(8) > 0 ? 2 : random.nextInt(MOST); i > 0; i--) {
                values.add(value(list.getActualTypeArguments()[0], depth + 1));
            }
            return values;
        }
        if (type instanceof ParameterizedType action && action.getRawType() == Consumer.class) {
            return (Consumer<Object>) given -> {};
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isArray()) {
            Object array = java.lang.reflect.Array.newInstance(raw.getComponentType(), random.nextInt(MOST));
            for (int i = 0; i < java.lang.reflect.Array.getLength(array); i++) {
                java.lang.reflect.Array.set(array, i, value(raw.getComponentType(), depth + 1));
            }
            return array;
        }
        if (raw.isEnum()) {
            return one(Arrays.asList(raw.getEnumConstants()));
        }
        return raw == Layer.class ? layer(depth + 1) : simple(raw, depth);
    }

    private Object simple(Class<?> type, int depth) {
        if (type == long.class || type == Long.class) {
            return whole(depth);
        } else if (type == int.class || type == Integer.class) {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, whole()));
        } else if (type == float.class) {
            return number().floatValue();
        } else if (type == HostArray.class) {
            return array();
        } else if (type == TensorType.class) {
            return new TensorType(one(List.of(DType.values())), shape());
        } else if (type == Shape.class) {
            return shape();
        } else if (type == ByteBuffer.class) {
            return ByteBuffer.allocate(random.nextInt(64));
        } else if (type == IntToDoubleFunction.class) {
            return (IntToDoubleFunction) i -> i;
        } else if (type == Initializer.class) {
            return Initializer.uniform(-1, 1);
        } else if (type == Object.class) {
            return "an object";
        } else if (type == String.class) {
            return one(List.of("", "weight", "bias", "0.weight", "..", "é", "no such"));
        }
        return type == double.class || type == Double.class ? number() : other(type, depth);
    }

    private Object other(Class<?> type, int depth) {
        if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        }
        throw new IllegalStateException("there is a " + type + ", at depth " + depth + "; say here what it may be");
    }

    private Double number() {
        double[] numbers = {0, -0.0, 1, -1, 0.5, 0.9, 1e-5, 3, 1e300, -1e300, Double.NaN, 1 / 0.0, -1 / 0.0};
        return numbers[random.nextInt(numbers.length)];
    }

    /** In lists mostly what is right: of windows and their steps at least 1, of the padding, which is a list of lists, less. */
    private Long whole(int depth) {
        return random.nextInt(depth == 0 ? 4 : 16) == 0 ? whole() : (depth < 2 ? 1L : 0L) + random.nextInt(2);
    }

    private Long whole() {
        return random.nextInt(8) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : (long) (random.nextInt(7) - 1);
    }

    private HostArray array() {
        long[] sizes = random.longs(random.nextInt(MOST), 0, MOST).toArray();
        TensorType type = new TensorType(one(List.of(DType.values())), Shape.of(sizes));
        return HostArray.generate(type, i -> random.nextInt(5));
    }

    /** A shape that can be made, with sizes that no array has now and then. */
    private Shape shape() {
        long[] sizes = random.longs(random.nextInt(MOST + 1), 0, MOST).toArray();
        if (sizes.length > 0 && random.nextInt(6) == 0) {
            sizes[random.nextInt(sizes.length)] = one(List.of(Long.MAX_VALUE, 1L << 33, 1L << 62, 0L));
        }
        return Shape.of(sizes);
    }

    /** A layer of the library, of random configuration. @throws org.lamina.LaminaException if its record refuses it */
    Layer layer(int depth) {
        List<Map.Entry<String, Class<? extends Layer>>> choices = depth < DEEPEST
                ? LAYERS
                : LAYERS.stream().filter(RandomValues::isSimple).toList();
        return layer(one(choices).getValue(), depth);
    }

    private static boolean isSimple(Map.Entry<String, Class<? extends Layer>> layer) {
        return Arrays.stream(layer.getValue().getRecordComponents())
                .noneMatch(component -> component.getGenericType().getTypeName().contains("Layer"));
    }

    Layer layer(Class<? extends Layer> type, int depth) {
        return record(type, depth);
    }

    /** A record of random components. */
    <T> T record(Class<T> type, int depth) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = Arrays.stream(components)
                .map(component -> value(component.getGenericType(), depth))
                .toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<T> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(type + " of " + Arrays.deepToString(values), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.toString(), e);
        }
    }

    <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
