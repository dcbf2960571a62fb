package org.lamina.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;

/** Whether a person looks on. */
final class Terminal {
    private Terminal() {}

    /** True if standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // asked for both answers below
    static boolean isInteractive() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // Since JDK 22 a pipe has a console too, which says so.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }
}
