package org.lamina.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on standard error while long work goes on, if a person looks on; nothing in a pipe. */
final class Progress implements AutoCloseable {
    private final @Nullable ProgressBar bar;
    /** Takes the bar off the terminal's line when Ctrl-C ends the command. */
    private final Thread atExit = new Thread(this::clear, "lamina-progress");

    /** @param steps how many there are to do */
    Progress(String task, long steps) {
        bar = Terminal.isInteractive()
                ? new ProgressBarBuilder()
                        .setTaskName(task)
                        .setInitialMax(steps)
                        .setStyle(ProgressBarStyle.ASCII)
                        .clearDisplayOnFinish()
                        .build()
                : null;
        if (bar != null) {
            Runtime.getRuntime().addShutdownHook(atExit);
        }
    }

    /** Another step begins. */
    void next(String what) {
        begin(what);
        advance(1);
    }

    /** Shows what is being done. */
    void begin(String what) {
        if (bar != null) {
            bar.setExtraMessage(" " + what);
        }
    }

    /** So many steps are done. */
    void advance(long steps) {
        if (bar != null) {
            bar.stepBy(steps);
        }
    }

    private void clear() {
        if (bar != null) {
            bar.close();
        }
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            return;
        }
    }
}
