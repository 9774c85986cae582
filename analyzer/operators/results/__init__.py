"""Output types that onnx's own inference does not know, one file a family."""
