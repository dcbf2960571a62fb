package org.lamina.djl;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The file that PyTorch loads a script from, in memory: a zip archive of the code and of a module without parameters. */
final class DjlScriptArchive {
    /** In pickle's language: protocol 2, an object of the class of the script, without attributes. */
    private static final byte[] MODULE = "\u0080\2c__torch__\nGraph\n)\u0081}b.".getBytes(StandardCharsets.ISO_8859_1);
    /** Protocol 2, an empty tuple. */
    private static final byte[] CONSTANTS = "\u0080\2).".getBytes(StandardCharsets.ISO_8859_1);

    private DjlScriptArchive() {}

    /** The module of a class named Graph, ready to run; the caller closes it. */
    static PtSymbolBlock load(PtNDManager manager, String code) {
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive(code)), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] archive(String code) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", MODULE);
            store(zip, "constants.pkl", CONSTANTS);
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "code/__torch__.py", code.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("graph/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
