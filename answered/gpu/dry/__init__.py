"""Dry runs: `gpu` blocks without a GPU, on a stand-in for CUDA whose kernels are empty.

In: pages with blocks marked `gpu`. Out: problems of blocks that do not reach their last line.
"""
