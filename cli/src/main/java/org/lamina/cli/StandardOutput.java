package org.lamina.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lamina.ErrorCode;

/** Whether all that was printed arrived: a stream that cannot be written keeps silent until it is asked. */
final class StandardOutput {
    /** What a shell reports of a program that a closed pipe has ended: 128 and the number of the signal. */
    static final int READER_ENDED = 141;

    private static final int KIND_OF_FILE = 0170000;
    private static final int PIPE = 0010000;

    private StandardOutput() {}

    /**
     * The exit code of the process.
     *
     * @param done the code of the work
     * @param pipe true if another program reads the output: one that has read enough, such as head, is no error
     */
    static int exitCode(int done, PrintStream out, PrintStream err, boolean pipe) {
        if (!out.checkError()) {
            return done;
        }
        if (pipe) {
            return READER_ENDED;
        }
        err.println(
                "lamina: standard output could not be written, so what was to be printed is not complete. See whether its "
                        + "disk is full. [" + ErrorCode.FILE_ACCESS + "]");
        return Failures.FAILED;
    }

    /** True if standard output is a pipe, as far as the system can say. */
    static boolean isPipe() {
        try {
            int mode = (int) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode");
            return (mode & KIND_OF_FILE) == PIPE;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
