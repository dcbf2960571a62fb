package org.lamina.port;

import io.jhdf.AbstractNode;
import io.jhdf.HdfFile;
import io.jhdf.ObjectHeader;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.chunked.Chunk;
import io.jhdf.dataset.chunked.ChunkOffset;
import io.jhdf.dataset.chunked.ChunkedDatasetV3;
import io.jhdf.dataset.chunked.ChunkedDatasetV4;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.message.DataLayoutMessage.ChunkedDataLayoutMessage;
import io.jhdf.object.message.Message;
import io.jhdf.storage.HdfBackingStorage;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a data set the library passes over: it takes elements that were never written for zeros, and a filter that a chunk left
 * out for one that it went through.
 */
final class HdfDataset {
    private static final int DEFLATE = 1;
    private static final int SHUFFLE = 2;
    /** Deflate, shuffle and Fletcher's checksum, which is what Keras writes; decoders of others come from anywhere. */
    private static final Set<Integer> FILTERS = Set.of(DEFLATE, SHUFFLE, 3);

    private static final long UNDEFINED = -1;

    private HdfDataset() {}

    /** Why the numbers of a data set are not known for certain; empty if they are. */
    static Optional<String> doubt(HdfFile file, Dataset dataset) {
        if (dataset instanceof AbstractNode node
                && node.getHeader().getMessages().stream().anyMatch(Message::isMessageShared)) {
            return Optional.of("has a type that is stored elsewhere in the file, which is not read");
        }
        return HdfType.doubt(dataset.getDataType())
                .or(() -> filtered(dataset))
                .or(() -> isWritten(file, dataset)
                        ? Optional.empty()
                        : Optional.of(
                                "was not written whole, so that some of its elements are only a fill value, or went "
                                        + "through other filters than the rest"));
    }

    private static Optional<String> filtered(Dataset dataset) {
        for (PipelineFilterWithData filter : dataset.getFilters()) {
            if (!FILTERS.contains(filter.getId())) {
                return Optional.of("is compressed by " + filter.getName() + ", and only gzip is known");
            }
        }
        boolean shuffled = dataset.getFilters().stream().anyMatch(filter -> filter.getId() == SHUFFLE);
        boolean deflated = dataset.getFilters().stream().anyMatch(filter -> filter.getId() == DEFLATE);
        return shuffled && !deflated
                ? Optional.of("is shuffled and not compressed, which no chunk tells of itself")
                : Optional.empty();
    }

    private static boolean isWritten(HdfFile file, Dataset dataset) {
        if (dataset.getSize() == 0) {
            return true;
        }
        if (dataset instanceof ContiguousDataset contiguous) {
            return contiguous.getDataAddress() != UNDEFINED;
        }
        return !(dataset instanceof ChunkedDataset chunked) || areWritten(chunks(file, chunked), chunked);
    }

    private static boolean areWritten(Map<ChunkOffset, Chunk> chunks, ChunkedDataset dataset) {
        int[] sizes = dataset.getDimensions();
        int[] steps = dataset.getChunkDimensions();
        int[] offset = new int[sizes.length];
        for (int axis = 0; axis >= 0; ) {
            Chunk chunk = chunks.get(new ChunkOffset(offset));
            if (chunk == null
                    || chunk.getAddress() == UNDEFINED
                    || !chunk.getFilterMask().isEmpty()) {
                return false;
            }
            axis = sizes.length - 1;
            while (axis >= 0 && (offset[axis] += steps[axis]) >= sizes[axis]) {
                offset[axis--] = 0;
            }
        }
        return true;
    }

    /** The library shows its index of chunks to its own data sets only. */
    private static Map<ChunkOffset, Chunk> chunks(HdfFile file, ChunkedDataset dataset) {
        HdfBackingStorage storage = file.getHdfBackingStorage();
        ObjectHeader header = ObjectHeader.readObjectHeader(storage, dataset.getAddress());
        return header.hasMessageOfType(ChunkedDataLayoutMessage.class)
                ? new Third(storage, dataset, header).getChunkLookup()
                : new Fourth(storage, dataset, header).getChunkLookup();
    }

    private static final class Third extends ChunkedDatasetV3 {
        Third(HdfBackingStorage storage, Dataset dataset, ObjectHeader header) {
            super(storage, dataset.getAddress(), dataset.getName(), dataset.getParent(), header);
        }

        @Override
        protected Map<ChunkOffset, Chunk> getChunkLookup() {
            return super.getChunkLookup();
        }
    }

    private static final class Fourth extends ChunkedDatasetV4 {
        Fourth(HdfBackingStorage storage, Dataset dataset, ObjectHeader header) {
            super(storage, dataset.getAddress(), dataset.getName(), dataset.getParent(), header);
        }

        @Override
        protected Map<ChunkOffset, Chunk> getChunkLookup() {
            return super.getChunkLookup();
        }
    }
}
