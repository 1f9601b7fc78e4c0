/* What the stand-in's cuBLAS, cuDNN, cuFFT, NCCL and CUPTI do more than succeed.

   Functions of these libraries that do not stand here return 0 and compute nothing. Their types are
   in headers that torch does not always bring, so they are given by their sizes alone. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void stand_in_queues_work(void);

/* cuBLAS: a product has one algorithm, without a workspace. */

int cublasLtMatmulAlgoGetHeuristic(void *handle, void *product, void *a, void *b, void *c, void *d,
                                   void *preference, int most, void *results, int *count) {
  enum { RESULT = 96 }; /* bytes of one: the algorithm, its workspace, its state, reserve */
  memset(results, 0, RESULT);
  *count = 1;
  return 0;
}

/* cuDNN: no workspaces. A graph of operations has one engine, with as few attributes as it may. */

int cudnnGetBatchNormalizationForwardTrainingExWorkspaceSize(
    void *handle, int mode, int more, void *x, void *z, void *y, void *scale, void *activation,
    size_t *size) {
  return *size = 0;
}

int cudnnGetBatchNormalizationTrainingExReserveSpaceSize(void *handle, int mode, int more,
                                                         void *activation, void *x, size_t *size) {
  return *size = 0;
}

int cudnnGetBatchNormalizationBackwardExWorkspaceSize(
    void *handle, int mode, int more, void *x, void *y, void *dy, void *dz, void *dx, void *scale,
    void *activation, size_t *size) {
  return *size = 0;
}

int cudnnBackendCreateDescriptor(int type, void **made) {
  static char descriptor[64];
  *made = descriptor;
  return 0;
}

int cudnnBackendGetAttribute(void *descriptor, int name, int type, int64_t room, int64_t *count,
                             void *values) {
  enum { INT64 = 3, BACKEND_DESCRIPTOR = 15, INT32 = 23 };
  if (count) *count = type == BACKEND_DESCRIPTOR;
  if (values && room && type == INT64) *(int64_t *)values = 0;
  if (values && room && type == INT32) *(int32_t *)values = 0;
  return 0;
}

/* cuFFT: plans without a workspace. */

int cufftXtMakePlanMany(int plan, int rank, void *n, void *in, long long in_stride,
                        long long in_distance, int in_type, void *out, long long out_stride,
                        long long out_distance, int out_type, long long batch, size_t *size,
                        int type) {
  return *size = 0;
}

/* NCCL: a world of one process, in which collectives leave everything as it is. Only a broadcast
   copies: torch gathers the sizes of parameters by it, and compares them. */

int ncclCommInitRankConfig(void **made) {
  static char communicator[64];
  *made = communicator;
  return 0;
}

int ncclCommInitRankScalable(void **made) { return ncclCommInitRankConfig(made); }

int ncclCommGetAsyncError(void *communicator, int *error) { return *error = 0; }

int ncclCommCount(void *communicator, int *count) {
  *count = 1;
  return 0;
}

int ncclCommUserRank(void *communicator, int *rank) { return *rank = 0; }

int ncclBroadcast(const void *from, void *to, size_t count, int type) {
  static const char sizes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1}; /* of ncclInt8 and so on */
  stand_in_queues_work();
  memmove(to, from, count * sizes[type]);
  return 0;
}

/* CUPTI: a profiler finds no records of the device. */

int cuptiActivityGetNextRecord(void) {
  enum { MAX_LIMIT_REACHED = 12 };
  return MAX_LIMIT_REACHED;
}

int cuptiActivityGetNumDroppedRecords(void *context, unsigned stream, size_t *dropped) {
  return *dropped = 0;
}

int cuptiGetVersion(unsigned *version) {
  *version = 130000;
  return 0;
}

int cuptiGetCallbackName(int domain, unsigned number, const char **name) {
  *name = "stand-in";
  return 0;
}
