package org.lamina.cli;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.lamina.Backend;

/**
 * The framework of {@code lamina run}, loaded by a thread of its own while another reads the command line and the files, which
 * takes about as long. What the thread finds wrong is said by {@link #load} only, so that errors come in the same order without it.
 */
final class BackendAhead implements AutoCloseable {
    /** Loads nothing ahead. */
    static final BackendAhead NONE = new BackendAhead("", CompletableFuture.completedFuture(null));

    private static final String OPTION = "--backend";

    private final String name;
    private final CompletableFuture<@Nullable Backend> loading;
    private final AtomicBoolean taken = new AtomicBoolean();

    private BackendAhead(String name, CompletableFuture<@Nullable Backend> loading) {
        this.name = name;
        this.loading = loading;
    }

    /** Begins to load the first backend that the arguments of a run name; it loads nothing if they name none, or ask for help. */
    static BackendAhead of(List<String> arguments) {
        String named = name(arguments);
        return named.isEmpty() ? NONE : loading(named);
    }

    private static BackendAhead loading(String name) {
        linkNativeMethods();
        return new BackendAhead(name, CompletableFuture.supplyAsync(() -> Backend.load(name), task -> new Thread(
                        task, "lamina-load-" + name)
                .start()));
    }

    /**
     * Calls what the other thread calls first while the framework loads: the system's linker is locked for as long as a library
     * loads, so that a native method of the JDK which is not linked by then would wait for the whole framework.
     */
    private static void linkNativeMethods() {
        Array.getLength(new int[0]);
        System.console();
        try {
            Files.readAllBytes(Path.of(System.getProperty("java.home"), "release"));
        } catch (IOException e) {
            // Nothing is linked then, which costs time only.
        }
    }

    private static String name(List<String> arguments) {
        if (arguments.isEmpty() || !arguments.get(0).equals("run") || arguments.contains("--help")) {
            return "";
        }
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(OPTION + "=")) {
                return first(argument.substring(OPTION.length() + 1));
            }
            if (argument.equals(OPTION) && i + 1 < arguments.size()) {
                return first(arguments.get(i + 1));
            }
        }
        return "";
    }

    private static String first(String names) {
        return names.split(",", 2)[0];
    }

    /**
     * The backend of a name: the one that was loaded ahead, once, else one loaded now.
     *
     * @throws org.lamina.LaminaException if it cannot be loaded
     */
    Backend load(String wanted) {
        Backend ahead = wanted.equals(name) && !taken.getAndSet(true) ? await() : null;
        return ahead == null ? Backend.load(wanted) : ahead;
    }

    private @Nullable Backend await() {
        try {
            return loading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** Waits until nothing loads any more, as the JVM must not end amid that, and closes what nobody took. */
    @Override
    public void close() {
        loading.handle((backend, failure) -> {
                    if (backend != null && !taken.get()) {
                        backend.close();
                    }
                    return "done";
                })
                .join();
    }
}
