package org.lamina;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamina.layer.Declaration;
import org.lamina.layer.Initializer;
import org.lamina.layer.TracedLayer;
import org.lamina.spi.Engine;
import org.lamina.spi.NativeArray;
import org.lamina.spi.ParameterStore;

/** The declared values of a model in native memory, which they own. Guarded by the model's lock. */
final class Weights implements ParameterStore, AutoCloseable {
    private final Engine engine;
    private final Map<String, Declaration> declarations;
    private final Map<String, String> aliases;
    private final Map<String, NativeArray> values = new LinkedHashMap<>();

    Weights(Engine engine, TracedLayer traced) {
        this.engine = engine;
        this.declarations = new LinkedHashMap<>(traced.declarations());
        this.aliases = new LinkedHashMap<>(traced.aliases());
    }

    /** The same declarations as other weights, without values. */
    Weights(Engine engine, Weights other) {
        this.engine = engine;
        this.declarations = other.declarations;
        this.aliases = other.aliases;
    }

    Map<String, Declaration> declarations() {
        return declarations;
    }

    Map<String, String> aliases() {
        return aliases;
    }

    /** The declaration under a path or an alias of it. */
    Declaration declaration(String path) {
        Declaration declaration = declarations.get(aliases.getOrDefault(path, path));
        if (declaration == null) {
            throw new LaminaException(
                    ErrorCode.UNKNOWN_PARAMETER,
                    "parameter \"" + path + "\" does not exist; the model has " + declarations.keySet()
                            + ". Use one of these paths.");
        }
        return declaration;
    }

    /** The declarations at a path, or under it as a prefix of whole names; all for the empty path. */
    List<Declaration> below(String path) {
        List<Declaration> below = new ArrayList<>();
        for (Declaration declaration : declarations.values()) {
            if (path.isEmpty()
                    || declaration.path().equals(path)
                    || declaration.path().startsWith(path + ".")) {
                below.add(declaration);
            }
        }
        if (below.isEmpty() && !path.isEmpty()) {
            below.add(declaration(path));
        }
        return below;
    }

    @Override
    public NativeArray value(String path) {
        NativeArray value = values.get(declaration(path).path());
        if (value == null) {
            throw new IllegalStateException("parameter " + path + " has no value");
        }
        return value;
    }

    HostArray download(String path) {
        return value(path).download();
    }

    Map<String, HostArray> downloadAll() {
        Map<String, HostArray> all = new LinkedHashMap<>();
        declarations.keySet().forEach(path -> all.put(path, download(path)));
        return all;
    }

    /** Draws a value from the declaration's own initializer, or another one. */
    void draw(Declaration declaration, @Nullable Initializer other, long seed) {
        HostArray value = other == null ? declaration.draw(seed) : declaration.draw(other, seed);
        replace(declaration.path(), engine.upload(value));
    }

    @Override
    public void replace(String path, NativeArray value) {
        NativeArray old = values.put(path, value);
        if (old != null) {
            old.close();
        }
    }

    void set(String path, HostArray value) {
        Declaration declaration = declaration(path);
        if (!declaration.type().equals(value.type())) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "parameter " + path + " is " + declaration.type() + " and the value is " + value.type()
                            + "; they must be equal. Cast or reshape the value.");
        }
        replace(declaration.path(), engine.upload(value));
    }

    /** Replaces all values, or none and says all that is wrong. */
    void setAll(Map<String, HostArray> given) {
        List<String> wrong = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(declarations.keySet());
        Map<String, String> givenAs = new HashMap<>();
        given.forEach((path, value) -> {
            Declaration declaration = declarations.get(aliases.getOrDefault(path, path));
            String before = givenAs.putIfAbsent(aliases.getOrDefault(path, path), path);
            if (before != null && !Objects.equals(value, given.get(before))) {
                wrong.add(path + " and " + before + " are one parameter in the model and differ in the weights");
            }
            if (declaration == null) {
                wrong.add("unexpected " + path + " " + value.type());
            } else if (!declaration.type().equals(value.type())) {
                wrong.add(path + " is " + declaration.type() + " in the model and " + value.type() + " in the weights");
            }
            missing.remove(aliases.getOrDefault(path, path));
        });
        missing.forEach(
                path -> wrong.add("missing " + path + " " + declaration(path).type()));
        if (!wrong.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    "weights: they do not fit the model, and nothing was loaded: " + String.join("; ", wrong)
                            + ". Give the weights of this architecture.");
        }
        uploaded(given).forEach(this::replace);
    }

    /** All of them, or none if the backend has no room for one. */
    private Map<String, NativeArray> uploaded(Map<String, HostArray> given) {
        Map<String, NativeArray> uploaded = new LinkedHashMap<>();
        try {
            given.forEach((path, value) -> {
                NativeArray twice = uploaded.put(declaration(path).path(), engine.upload(value));
                if (twice != null) {
                    twice.close();
                }
            });
            return uploaded;
        } catch (RuntimeException | Error e) {
            uploaded.values().forEach(NativeArray::close);
            throw e;
        }
    }

    @Override
    public void close() {
        values.values().forEach(NativeArray::close);
        values.clear();
    }
}
