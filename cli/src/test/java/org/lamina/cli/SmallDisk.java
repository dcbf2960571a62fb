package org.lamina.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A file system of its own in memory. A process beside this one mounts it, and unmounts it as soon as it is closed or this JVM is
 * gone, however that ended: its standard input ends then.
 */
final class SmallDisk implements AutoCloseable {
    private static final String FILLER = "filler";

    private final Path folder;
    private final Process holder;

    private SmallDisk(Path folder, Process holder) {
        this.folder = folder;
        this.holder = holder;
    }

    /** Mounts on an empty folder, or skips the test where that cannot be done. */
    static SmallDisk mount(Path folder, String size) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "needs Linux's mount");
        Process holder = new ProcessBuilder(
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=\"$2\" tmpfs \"$1\" && echo mounted && cat >/dev/null; umount -l \"$1\"",
                        "sh",
                        folder.toString(),
                        size)
                .redirectErrorStream(true)
                .start();
        String said =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assumeTrue("mounted".equals(said), "needs the right to mount a file system: " + said);
        return new SmallDisk(folder, holder);
    }

    Path folder() {
        return folder;
    }

    /** Takes all space but some bytes. */
    void fill(int left) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(FILLER))) {
            byte[] block = new byte[4096];
            while (Files.getFileStore(folder).getUsableSpace() > left) {
                out.write(block);
            }
        }
    }

    void makeReadOnly() throws IOException, InterruptedException {
        Process remount = new ProcessBuilder("mount", "-o", "remount,ro", folder.toString())
                .inheritIO()
                .start();
        assumeTrue(remount.waitFor() == 0, "needs the right to mount a file system");
    }

    /** What is on it: bytes by path, null for folders. */
    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                content.put(folder.relativize(path).toString(), Files.isDirectory(path) ? "folder" : bytes(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content;
    }

    private static String bytes(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        try {
            if (!holder.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException(folder + " was not unmounted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
