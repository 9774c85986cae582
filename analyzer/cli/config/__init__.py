"""Configuration: ``onnxlint.toml``, or ``[tool.onnxlint]`` of ``pyproject.toml``."""
