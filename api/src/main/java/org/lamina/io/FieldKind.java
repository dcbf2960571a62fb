package org.lamina.io;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamina.Shape;
import org.lamina.layer.Layer;

/** What a field holds, by its Java type. */
sealed interface FieldKind {
    /** A whole number of a range. */
    record Whole(long least, long greatest, boolean isInt) implements FieldKind {}

    /** A float64. */
    record Real() implements FieldKind {}

    /** True or false. */
    record Truth() implements FieldKind {}

    /** A string. */
    record Text() implements FieldKind {}

    /** A shape without open sizes, as a list of sizes. */
    record Sizes() implements FieldKind {}

    /** One of some constants, by its name in lower case with hyphens. */
    record Choice(Class<?> type) implements FieldKind {
        /** The word for a constant: {@code half-up} for {@code HALF_UP}. */
        static String word(Object constant) {
            return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A layer of some class or interface. */
    record Child(Class<?> type) implements FieldKind {}

    /** A list, whose elements are never null. */
    record Many(FieldKind element) implements FieldKind {}

    Map<Class<?>, FieldKind> SIMPLE = Map.of(
            long.class, new Whole(Long.MIN_VALUE, Long.MAX_VALUE, false),
            Long.class, new Whole(Long.MIN_VALUE, Long.MAX_VALUE, false),
            int.class, new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, true),
            Integer.class, new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE, true),
            double.class, new Real(),
            Double.class, new Real(),
            boolean.class, new Truth(),
            Boolean.class, new Truth(),
            String.class, new Text(),
            Shape.class, new Sizes());

    /** The kind for a type, null if a file cannot hold it. */
    static @Nullable FieldKind of(Type type) {
        if (type instanceof WildcardType wildcard) {
            return of(wildcard.getUpperBounds()[0]);
        }
        if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == List.class) {
            FieldKind element = of(parameterized.getActualTypeArguments()[0]);
            return element == null ? null : new Many(element);
        }
        if (!(type instanceof Class<?> raw)) {
            return null;
        }
        if (raw.isEnum()) {
            return new Choice(raw);
        }
        return Layer.class.isAssignableFrom(raw) ? new Child(raw) : SIMPLE.get(raw);
    }
}
