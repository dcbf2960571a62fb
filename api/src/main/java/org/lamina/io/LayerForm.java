package org.lamina.io;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.layer.Layer;

/**
 * How a layer's record is written: its fields, and how it is made of their values.
 *
 * @param name its registered name
 * @param type the record class
 * @param fields its components
 * @param constructors the canonical one and then those of fewer components, which give the rest their defaults, longest first
 */
record LayerForm(
        String name, Class<? extends Layer> type, List<Field> fields, List<Constructor<? extends Layer>> constructors) {
    static final String TYPE = "type";
    static final String ID = "id";
    static final String REF = "ref";
    private static final Set<String> KEPT = Set.of(TYPE, ID, REF);

    /** A component, and why a file may leave it out: because it may be null, or a shorter constructor gives it a value. */
    record Field(RecordComponent component, FieldKind kind, boolean isNullable, boolean hasDefault) {
        boolean isOptional() {
            return isNullable || hasDefault;
        }

        String name() {
            return component.getName();
        }
    }

    static LayerForm of(String name, Class<? extends Layer> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw refused(type, "it is no record, so its fields are not known", "Make it a record.");
        }
        List<Constructor<? extends Layer>> constructors = constructors(type, components);
        int shortest = constructors.get(constructors.size() - 1).getParameterCount();
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            fields.add(field(type, components[i], i >= shortest));
        }
        return new LayerForm(name, type, List.copyOf(fields), constructors);
    }

    private static Field field(Class<?> type, RecordComponent component, boolean hasDefault) {
        FieldKind kind = FieldKind.of(component.getGenericType());
        if (kind == null) {
            throw refused(
                    type,
                    "its component " + component.getName() + " is a "
                            + component.getGenericType().getTypeName() + ", which layer.json cannot hold",
                    "Use numbers, booleans, strings, enums, shapes, layers and lists of them.");
        }
        if (KEPT.contains(component.getName())) {
            throw refused(
                    type, "its component " + component.getName() + " has a name that layer.json keeps", "Rename it.");
        }
        boolean nullable = isNullable(component) || isNullable(component.getAnnotatedType());
        component.getAccessor().setAccessible(true);
        return new Field(component, kind, nullable, hasDefault);
    }

    private static boolean isNullable(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static List<Constructor<? extends Layer>> constructors(
            Class<? extends Layer> type, RecordComponent[] components) {
        Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        List<Constructor<? extends Layer>> found = new ArrayList<>();
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            int count = constructor.getParameterCount();
            boolean canonical = count == types.length;
            if (count <= types.length
                    && Arrays.equals(constructor.getParameterTypes(), Arrays.copyOf(types, count))
                    && (canonical || !Modifier.isPrivate(constructor.getModifiers()))) {
                constructor.setAccessible(true);
                @SuppressWarnings("unchecked")
                Constructor<? extends Layer> ofLayer = (Constructor<? extends Layer>) constructor;
                found.add(ofLayer);
            }
        }
        found.sort(Comparator.comparingInt(constructor -> -constructor.getParameterCount()));
        return List.copyOf(found);
    }

    private static LaminaException refused(Class<?> type, String fact, String next) {
        return new LaminaException(
                ErrorCode.CONFIGURATION,
                "layer " + type.getName() + " cannot be registered: " + fact
                        + ", and it could be neither written nor read. " + next);
    }

    /**
     * The layer of some values, the rest by default.
     *
     * @param values by field
     */
    Layer create(Map<String, @Nullable Object> values) {
        @Nullable
        Object[] arguments =
                fields.stream().map(field -> values.get(field.name())).toArray();
        List<Integer> missing = IntStream.range(0, arguments.length)
                .filter(i -> fields.get(i).hasDefault()
                        && !values.containsKey(fields.get(i).name()))
                .boxed()
                .toList();
        if (!missing.isEmpty()) {
            Layer defaults = invoke(defaults(missing.get(0)), arguments);
            missing.forEach(i -> arguments[i] = value(defaults, fields.get(i)));
        }
        return invoke(constructors.get(0), arguments);
    }

    /** The longest constructor that needs nothing from a component on. */
    private Constructor<? extends Layer> defaults(int missing) {
        return constructors.stream()
                .filter(constructor -> constructor.getParameterCount() <= missing)
                .findFirst()
                .orElseThrow();
    }

    /** The value of a layer's field. */
    @Nullable
    Object value(Layer layer, Field field) {
        try {
            return field.component().getAccessor().invoke(layer);
        } catch (ReflectiveOperationException e) {
            throw failed(e);
        }
    }

    private Layer invoke(Constructor<? extends Layer> constructor, @Nullable Object[] arguments) {
        try {
            return constructor.newInstance(Arrays.copyOf(arguments, constructor.getParameterCount()));
        } catch (ReflectiveOperationException e) {
            throw failed(e);
        }
    }

    private LaminaException failed(ReflectiveOperationException e) {
        Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
        if (cause instanceof LaminaException problem) {
            return problem;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new LaminaException(
                ErrorCode.CONFIGURATION,
                name + ": its record does not take these values: " + cause + ". Give others.",
                cause);
    }
}
