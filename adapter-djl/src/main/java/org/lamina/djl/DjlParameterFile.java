package org.lamina.djl;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.io.WholeFile;

/** A file of a block's parameters: as {@code Model.save} writes it, after a header, or as {@code Block.saveParameters} does, without. */
final class DjlParameterFile {
    private static final byte[] MARK = "DJL@".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    private final Path file;
    private final byte[] bytes;

    private DjlParameterFile(Path file) {
        this.file = file;
        this.bytes = WholeFile.read(file);
        DjlSavedArrays.requireSound(file, bytes);
    }

    /**
     * Gives a block its parameters.
     *
     * @throws LaminaException if the file is damaged, or holds fewer arrays than the block has parameters, or more
     */
    static void load(Path file, Block block, NDManager manager) {
        new DjlParameterFile(file).load(block, manager);
    }

    private void load(Block block, NDManager manager) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (bytes.length >= MARK.length && java.util.Arrays.equals(MARK, in.readNBytes(MARK.length))) {
                passHeader(in);
            } else {
                in.reset();
            }
            block.loadParameters(manager, in);
            requireEnd(in.available());
        } catch (IOException | MalformedModelException | RuntimeException | OutOfMemoryError e) {
            throw e instanceof LaminaException own ? own : foreign(e);
        }
        requireValues(block);
    }

    private static void passHeader(DataInputStream in) throws IOException {
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("its header has version " + version);
        }
        in.readUTF();
        in.readUTF();
        for (int inputs = in.readInt(); inputs > 0; inputs--) {
            in.readUTF();
            Shape.decode(in);
        }
        for (int properties = in.readInt(); properties > 0; properties--) {
            in.readUTF();
            in.readUTF();
        }
    }

    /** DJL reads as much as its blocks take and does not look further. */
    private void requireEnd(int rest) {
        if (rest > 0) {
            int arrays = DjlSavedArrays.count(bytes, bytes.length - rest);
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    file + ": its last " + rest + " bytes belong to blocks that the architecture does not have, with "
                            + arrays
                            + (arrays == 1 ? " array" : " arrays") + "; the " + DjlSavedArrays.count(bytes, 0)
                            + " arrays of the "
                            + "file are those of another model. Nothing was loaded. Give the architecture of these weights.");
        }
    }

    private void requireValues(Block block) {
        List<String> without = new ArrayList<>();
        block.getParameters().forEach(pair -> {
            if (!pair.getValue().isInitialized()) {
                without.add(pair.getKey());
            }
        });
        if (!without.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.WEIGHTS,
                    file + ": it was saved before these parameters had values: " + String.join(", ", without)
                            + "; nothing was loaded. Initialize or train the block in DJL and save it anew.");
        }
    }

    private LaminaException foreign(Throwable cause) {
        return new LaminaException(
                ErrorCode.FILE_FORMAT,
                file
                        + ": these are no parameters of the blocks for the architecture, as Model.save or Block.saveParameters of "
                        + "DJL writes them ("
                        + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage())
                        + "); nothing was loaded. The file is damaged or of another model: copy it again from its source, "
                        + "or give its architecture.",
                cause);
    }
}
