"""Text tools without any knowledge of dialects: normalising with offsets, numbers, sound keys."""
