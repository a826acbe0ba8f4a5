"""Prints a hash of what each engine gives for fixed inputs: int8 must give the same on x86-64 and ARM."""

import hashlib

import numpy as np

from edge_runtime.engines import installed_engines, load_engine
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.bundle import read_bundle

bundle = read_bundle(DEFAULT_BUNDLE)
manifest = bundle.manifest
# Sixty-fourths are exact in float32 on every processor.
pooled = (np.arange(40 * manifest.token_dim) * 37 % 65 - 32).reshape(40, -1).astype(np.float32) / 64
topics = np.eye(len(manifest.topics), dtype=np.float32)[np.arange(40) % len(manifest.topics)]
clicks = (np.arange(40 * manifest.dim) * 29 % 33 - 16).reshape(40, -1).astype(np.float32) / 64
for name in installed_engines():
    outputs = load_engine(bundle.article_encoder, name).run(pooled=pooled, topics=topics)
    outputs += load_engine(bundle.user_encoder, name).run(clicks=clicks)
    print(name, hashlib.sha256(b"".join(output.tobytes() for output in outputs)).hexdigest()[:16])
