"""Prints a hash of what an interpreter gives for fixed inputs: int8 must give the same on x86-64 and ARM."""

import hashlib

import numpy as np

from edge_runtime.engines import TfliteEngine, pick_engine
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.bundle import read_bundle

bundle = read_bundle(DEFAULT_BUNDLE)
manifest, engine = bundle.manifest, pick_engine()
# Sixty-fourths are exact in float32 on every processor.
pooled = (np.arange(40 * manifest.token_dim) * 37 % 65 - 32).reshape(40, -1).astype(np.float32) / 64
topics = np.eye(len(manifest.topics), dtype=np.float32)[np.arange(40) % len(manifest.topics)]
clicks = (np.arange(40 * manifest.dim) * 29 % 33 - 16).reshape(40, -1).astype(np.float32) / 64
outputs = TfliteEngine(bundle.article_encoder, engine).run(pooled=pooled, topics=topics)
outputs += TfliteEngine(bundle.user_encoder, engine).run(clicks=clicks)
print(engine, hashlib.sha256(b"".join(output.tobytes() for output in outputs)).hexdigest()[:16])
