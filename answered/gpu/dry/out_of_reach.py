"""Blocks that no dry run brings to their last line, and why: a closed list.

An entry is the name of a page and the line, without its indentation, at which the block on it stops
in a dry run. It is refused where the block stops elsewhere or gets through, or where there is none.
"""

Place = tuple[str, str]

OUT_OF_REACH: dict[Place, str] = {
    (
        "export-vs-compile-vs-torchscript",
        "path = torch._inductor.aoti_compile_and_package(",
    ): "it compiles C++ against headers that come with CUDA's toolkit",
    (
        "cuda-graphs",
        "assert loss.item() < first / 10",
    ): "empty kernels compute no loss",
    (
        "determinism-on-cuda",
        "assert torch.equal(first, again)",
    ): "empty kernels compute no weights",
    (
        "profiler",
        'wait = rows["cudaDeviceSynchronize"].cpu_time_total / 1000',
    ): "a stand-in keeps no records for the profiler",
    (
        "torch-cuda",
        "assert b[0, 0].item() == 1024",
    ): "empty kernels compute no product",
}
