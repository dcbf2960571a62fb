package org.lamina.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** How errors about files are worded: the file, the fact, the consequence, the next step. */
final class FileErrors {
    private FileErrors() {}

    /** A file whose content is refused, with a next step that fits any damaged file. */
    static LaminaException malformed(String file, String fact) {
        return malformed(
                file,
                fact,
                "The file is damaged or of another format: copy it again from its source or write it anew.");
    }

    /** A file whose content is refused. */
    static LaminaException malformed(String file, String fact, String next) {
        return new LaminaException(ErrorCode.FILE_FORMAT, file + ": " + fact + "; nothing was loaded. " + next);
    }

    /** A file that could not be opened or read. */
    static LaminaException unreadable(String file, IOException cause) {
        return new LaminaException(
                ErrorCode.FILE_ACCESS,
                file + ": " + reason(cause) + ", so it could not be read. Check the path and its permissions.",
                cause);
    }

    /** A file or folder that could not be written. */
    static LaminaException unwritable(String file, String fact, IOException cause) {
        return new LaminaException(ErrorCode.FILE_ACCESS, unwritable(file, fact), cause);
    }

    /** A file or folder that is not going to be written. */
    static LaminaException refused(String file, String fact) {
        return new LaminaException(ErrorCode.FILE_ACCESS, unwritable(file, fact));
    }

    private static String unwritable(String file, String fact) {
        return file + ": " + fact + ", so nothing was written and what was there is unchanged. Choose another path, or "
                + "make this one writable.";
    }

    /** What an exception of the file system says, without the path and in words. */
    static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException || cause instanceof FileNotFoundException) {
            return "there is no such file or folder";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission is denied";
        }
        if (cause instanceof ClosedByInterruptException) {
            return "the thread was interrupted";
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
