package org.lamina.djl;

/** The statements of a script, written one after another; each value has a name of its own. */
final class DjlScriptBody {
    private static final String INDENT = "    ";

    private final StringBuilder lines = new StringBuilder();
    private int names;

    /** A new name that holds the value of an expression. */
    String variable(String expression) {
        String name = name();
        line(name + " = " + expression);
        return name;
    }

    /** A new name that holds the value of one expression or the other; only that one is computed. */
    String either(String condition, String first, String second) {
        String name = name();
        line("if " + condition + ":");
        line("  " + name + " = " + first);
        line("else:");
        line("  " + name + " = " + second);
        return name;
    }

    /** A name that nothing else has. */
    String name() {
        return "v" + names++;
    }

    /** Adds a line; what belongs to a condition starts with two spaces. */
    void line(String statement) {
        lines.append(INDENT).append(statement).append('\n');
    }

    /** The lines so far. */
    @Override
    public String toString() {
        return lines.toString();
    }
}
