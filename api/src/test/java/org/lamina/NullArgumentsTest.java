package org.lamina;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every public method, constructor and record of the packages that users write against, with null for each reference in turn. */
class NullArgumentsTest {
    private static final List<String> PACKAGES =
            List.of("org.lamina", "org.lamina.layer", "org.lamina.layers", "org.lamina.io", "org.lamina.train");

    /** What checks itself, what a model alone makes, and what writes files for formats and adapters. */
    private static final Set<String> OTHERS =
            Set.of("Arguments", "LaminaException", "Gradients", "ArchiveEntry", "AtomicWrite", "WholeFile", "Json");

    private final SampleArguments samples = new SampleArguments();
    private final List<String> wrong = new ArrayList<>();
    private int checked;

    @Test
    void sayWhereANullCameIn() throws IOException, URISyntaxException {
        for (Class<?> type : publicTypes()) {
            for (Constructor<?> constructor : type.getConstructors()) {
                check(constructor);
            }
            for (Method method : type.getDeclaredMethods()) {
                if (isOffered(type, method)) {
                    check(method);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(150);
    }

    /** What users call; not what they implement, nor what every object has. */
    private static boolean isOffered(Class<?> type, Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && !(type.isInterface() && Modifier.isAbstract(method.getModifiers()))
                && !method.getName().equals("equals")
                && !isForward(method);
    }

    /** A layer is run by a trace, which has checked its inputs. */
    private static boolean isForward(Method method) {
        return Set.of("forward", "update", "of", "clip").contains(method.getName())
                && Arrays.stream(method.getParameters())
                        .anyMatch(
                                parameter -> parameter.getType().getSimpleName().matches("Scope|Tensor")
                                        && !Modifier.isStatic(method.getModifiers()));
    }

    private void check(Executable executable) {
        Parameter[] parameters = executable.getParameters();
        AnnotatedType[] types = executable.getAnnotatedParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            if (!parameters[i].getType().isPrimitive() && !types[i].isAnnotationPresent(Nullable.class)) {
                check(executable, i, parameters[i].getType());
            }
        }
    }

    private void check(Executable executable, int place, Class<?> type) {
        @Nullable Object[] arguments = samples.of(executable);
        arguments[place] = null;
        expectRefusal(executable, arguments, "null for " + place);
        if (List.class == type) {
            arguments[place] = Arrays.asList((Object) null);
            expectRefusal(executable, arguments, "[null] for " + place);
        }
        checked++;
    }

    private void expectRefusal(Executable executable, @Nullable Object[] arguments, String what) {
        try {
            if (executable instanceof Method method) {
                method.invoke(
                        Modifier.isStatic(method.getModifiers()) ? null : samples.instance(method.getDeclaringClass()),
                        arguments);
            } else if (executable instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            }
            wrong.add(executable + ": " + what + " is taken");
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof LaminaException)) {
                wrong.add(executable + ": " + what + " throws " + e.getCause());
            }
        } catch (ReflectiveOperationException e) {
            wrong.add(executable + ": " + e);
        }
    }

    private static List<Class<?>> publicTypes() throws IOException, URISyntaxException {
        Path root = Path.of(LaminaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length())
                            .replace(root.getFileSystem().getSeparator(), "."))
                    .filter(name -> PACKAGES.contains(name.substring(0, name.lastIndexOf('.'))))
                    .sorted()
                    .map(NullArgumentsTest::load)
                    .filter(NullArgumentsTest::isPublic)
                    .forEach(types::add);
        }
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isEnum()
                && !OTHERS.contains(type.getSimpleName())
                && (outer == null || isPublic(outer));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
