"""Generators from elsewhere, and to elsewhere: files of Keras, PyTorch and ONNX."""
