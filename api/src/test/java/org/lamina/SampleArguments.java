package org.lamina;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.io.Bundle;
import org.lamina.io.LayerJson;
import org.lamina.io.LayerRegistry;
import org.lamina.io.Safetensors;
import org.lamina.layer.Declaration;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.Role;
import org.lamina.layer.Scope;
import org.lamina.layer.State;
import org.lamina.layer.Tensor;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.spi.BackendInfo;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeArray;
import org.lamina.train.Adam;
import org.lamina.train.Batches;
import org.lamina.train.Clipping;
import org.lamina.train.Loss;
import org.lamina.train.LossCurves;
import org.lamina.train.Optimizer;
import org.lamina.train.Schedule;
import org.lamina.train.Sgd;
import org.lamina.train.Split;
import org.lamina.train.Trainer;

/** A right value of each type that public methods take, and an object of each class to call them on. */
final class SampleArguments {
    private static final TensorType TYPE = new TensorType(DType.FLOAT32, Shape.of(2, 3));

    private final Map<Class<?>, Object> values = new HashMap<>();

    SampleArguments() {
        HostArray array = HostArray.full(TYPE, 1);
        Backend backend = Backend.of(engine());
        Model model = backend.model(new Dense(3)).initialize(TYPE.shape(), 1);
        Safetensors weights = Safetensors.of(Map.of("x", array));
        for (Object value : List.of(
                TYPE,
                TYPE.shape(),
                array,
                backend,
                model,
                weights,
                "x",
                Path.of("none", "none"),
                Generator.of(1),
                Trace.of(new Relu(), DType.FLOAT32, List.of(TYPE), false),
                new Declaration("x", TYPE, Initializer.zeros(), Role.TRAINED),
                new Bundle(new Relu(), weights),
                LayerJson.standard(),
                LayerRegistry.standard(),
                Batches.inOrder(List.of(array), 1),
                Split.shuffled(List.of(array), 0.5, 1),
                new LossCurves.Band(new double[] {0}, new double[] {1}),
                Trainer.of(model, Loss.meanSquaredError(), new Sgd(1), 1))) {
            values.put(value.getClass(), value);
        }
        values.put(Path.class, Path.of("none", "none"));
        values.put(Layer.class, new Relu());
        values.put(Initializer.class, Initializer.zeros());
        values.put(Loss.class, Loss.meanSquaredError());
        values.put(Optimizer.class, new Adam(0.1));
        values.put(Clipping.class, Clipping.none());
        values.put(Schedule.class, Schedule.constant());
        values.put(Throwable.class, new IllegalStateException("sample"));
        values.put(Writer.class, new StringWriter());
        values.put(Class.class, Relu.class);
        values.put(ByteBuffer.class, ByteBuffer.allocate(24));
        values.put(Engine.class, engine());
        values.put(OutputStream.class, new ByteArrayOutputStream());
        Layer seen = (scope, x) -> {
            values.put(Scope.class, scope);
            values.put(State.class, scope.state("s", TYPE.shape(), Initializer.zeros()));
            values.put(Tensor.class, x);
            return x;
        };
        TracedLayer traced = Trace.of(seen, DType.FLOAT32, List.of(TYPE), false);
        values.put(TracedLayer.class, traced);
    }

    /** What only keeps arrays. */
    private static Engine engine() {
        return answering(Engine.class, (name, arguments) -> switch (name) {
            case "info" -> new BackendInfo("kept", "none", "0", "cpu", EnumSet.allOf(DType.class));
            case "upload" ->
                answering(NativeArray.class, (method, none) -> switch (method) {
                    case "type" -> ((HostArray) arguments[0]).type();
                    case "download" -> arguments[0];
                    default -> null;
                });
            default -> null;
        });
    }

    private interface Answer {
        @Nullable
        Object to(String method, @Nullable Object[] arguments);
    }

    private static <T> T answering(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        answer.to(method.getName(), arguments == null ? new Object[0] : arguments)));
    }

    /** The object to call a class's methods on. */
    Object instance(Class<?> type) {
        return of(type, type);
    }

    @Nullable
    Object[] of(Executable executable) {
        Class<?>[] types = executable.getParameterTypes();
        Type[] generic = executable.getGenericParameterTypes();
        @Nullable Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = of(types[i], generic.length == types.length ? generic[i] : types[i]);
        }
        return arguments;
    }

    private Object of(Class<?> type, Type generic) {
        Object known = values.get(type);
        if (known != null) {
            return known;
        }
        if (type == List.class) {
            Object element = values.get(element(generic));
            return element == null ? new ArrayList<>() : new ArrayList<>(List.of(element));
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type.isArray()) {
            return array(type.getComponentType());
        }
        if (type.isPrimitive()) {
            return primitive(type);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isSealed()) {
            return of(type.getPermittedSubclasses()[0], type);
        }
        return type.isInterface() ? answering(type, (name, arguments) -> null) : constructed(type);
    }

    private static Class<?> element(Type generic) {
        Type element = generic instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : Object.class;
        Type bound = element instanceof WildcardType wild ? wild.getUpperBounds()[0] : element;
        return bound instanceof Class<?> type ? type : Object.class;
    }

    private Object array(Class<?> element) {
        Object array = Array.newInstance(element, 1);
        Array.set(array, 0, of(element, element));
        return array;
    }

    private static Object primitive(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == double.class) {
            return 0.5;
        }
        if (type == float.class) {
            return 0.5f;
        }
        return type == long.class ? (Object) 1L : (Object) 1;
    }

    /** By its first constructor, as of a record. */
    private Object constructed(Class<?> type) {
        if (type == Object.class || type == Comparable.class) {
            return "x";
        }
        if (!type.getName().startsWith("org.lamina")) {
            throw new IllegalStateException("no sample of " + type);
        }
        try {
            var constructors = type.getDeclaredConstructors();
            if (constructors.length == 0) {
                throw new IllegalStateException("no sample of " + type);
            }
            constructors[0].setAccessible(true);
            return constructors[0].newInstance(of(constructors[0]));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no sample of " + type, e);
        }
    }
}
