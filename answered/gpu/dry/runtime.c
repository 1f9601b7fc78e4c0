/* The CUDA runtime of the stand-in, and the driver functions that torch and Triton call.

   There is one device. Its memory is memory of this process, and kernels do nothing. All streams
   are one queue, and nothing in it is finished before somebody waits for it, or has asked PATIENCE
   times. So times, races and values mean nothing, and nothing is known of a second device.
   What is not defined here or in libraries.c returns 0, and counts as work that is queued. */
#define _GNU_SOURCE
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The device's name, and the symbol by which a stand-in is known: it cannot do without. */
const char answered_stand_in[] = "stand-in for a GPU";

enum { PATIENCE = 50, ALLOCATIONS = 1 << 16, VERSION = 13000 };
static const size_t MEMORY = 80ull << 30, CONTEXT = 500ull << 20, PAGE = 2ull << 20;

/* Errors, as the runtime keeps them for each thread. */

static __thread cudaError_t last;

static cudaError_t failed(cudaError_t error) { return last = error; }

cudaError_t cudaPeekAtLastError(void) { return last; }

cudaError_t cudaGetLastError(void) {
  cudaError_t error = last;
  last = cudaSuccess;
  return error;
}

/* The queue: pieces of work are counted, and so are those that are finished. */

static uint64_t queued, finished;
static int asked;

void stand_in_queues_work(void) { __atomic_add_fetch(&queued, 1, __ATOMIC_RELAXED); }

static cudaError_t is_finished(uint64_t work) {
  if (work > finished && ++asked > PATIENCE) finished = work, asked = 0;
  return work <= finished ? cudaSuccess : failed(cudaErrorNotReady);
}

static void finish(uint64_t work) {
  if (work > finished) finished = work;
}

/* Captures: one at a time. What waits or allocates meanwhile fails, unless a thread is relaxed. */

static cudaStream_t captured;
static int capture_broken;
static uint64_t capture_began;
static unsigned long long captures;
static __thread enum cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;

static cudaError_t not_while_capturing(cudaStream_t stream) {
  int relaxed = thread_mode == cudaStreamCaptureModeRelaxed;
  if (!captured || (relaxed && stream != captured)) return cudaSuccess;
  capture_broken = 1;
  return failed(cudaErrorStreamCaptureUnsupported);
}

static enum cudaStreamCaptureStatus status(cudaStream_t stream) {
  if (!captured || stream != captured) return cudaStreamCaptureStatusNone;
  return capture_broken ? cudaStreamCaptureStatusInvalidated : cudaStreamCaptureStatusActive;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, enum cudaStreamCaptureStatus *found) {
  *found = status(stream);
  return cudaSuccess;
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, enum cudaStreamCaptureStatus *found,
                                     unsigned long long *id, cudaGraph_t *graph,
                                     const cudaGraphNode_t **before,
                                     const cudaGraphEdgeData **edges, size_t *count) {
  *found = status(stream);
  if (id) *id = captures;
  if (graph) *graph = (cudaGraph_t)&captured;
  if (count) *count = 0;
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode) {
  if (captured || !stream) return failed(cudaErrorStreamCaptureUnsupported);
  captured = stream, capture_broken = 0, capture_began = queued, captures++;
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph) {
  captured = 0;
  if (capture_broken) return failed(cudaErrorStreamCaptureInvalidated);
  *graph = (cudaGraph_t)(queued - capture_began + 1);
  return cudaSuccess;
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *nodes, size_t *count) {
  *count = (size_t)graph - 1;
  return cudaSuccess;
}

cudaError_t cudaThreadExchangeStreamCaptureMode(enum cudaStreamCaptureMode *mode) {
  enum cudaStreamCaptureMode before = thread_mode;
  thread_mode = *mode, *mode = before;
  return cudaSuccess;
}

/* Memory. It is shared, as memory that is taken and not touched then counts for no limit. */

static struct allocation {
  char *start;
  size_t size;
  enum cudaMemoryType type;
} taken[ALLOCATIONS], *end = taken; /* those from the end on were never used */
static size_t used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct allocation *find(const void *pointer) {
  for (struct allocation *each = taken; each < end; each++)
    if (each->start && (size_t)((char *)pointer - each->start) < each->size) return each;
  return 0;
}

static cudaError_t take(void **pointer, size_t bytes, enum cudaMemoryType type) {
  size_t size = (bytes + PAGE - 1) / PAGE * PAGE;
  cudaError_t error = cudaErrorMemoryAllocation;
  *pointer = 0;
  if (!bytes) return cudaSuccess;
  pthread_mutex_lock(&lock);
  struct allocation *free_one = taken;
  while (free_one < end && free_one->start) free_one++;
  int fits = type == cudaMemoryTypeHost || (bytes < MEMORY && used + size + CONTEXT <= MEMORY);
  if (fits && free_one < taken + ALLOCATIONS) {
    int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
    void *start = mmap(0, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (start != MAP_FAILED) {
      *free_one = (struct allocation){start, size, type};
      if (free_one == end) end++;
      if (type == cudaMemoryTypeDevice) used += size;
      *pointer = start;
      error = cudaSuccess;
    }
  }
  pthread_mutex_unlock(&lock);
  return error ? failed(error) : cudaSuccess;
}

static cudaError_t give_back(void *pointer) {
  if (!pointer) return cudaSuccess;
  pthread_mutex_lock(&lock);
  struct allocation *found = find(pointer);
  if (found) {
    if (found->type == cudaMemoryTypeDevice) used -= found->size;
    munmap(found->start, found->size);
    found->start = 0;
  }
  pthread_mutex_unlock(&lock);
  return found ? cudaSuccess : failed(cudaErrorInvalidValue);
}

cudaError_t cudaMalloc(void **pointer, size_t bytes) {
  cudaError_t error = not_while_capturing(0);
  return error ? error : take(pointer, bytes, cudaMemoryTypeDevice);
}

cudaError_t cudaFree(void *pointer) {
  cudaError_t error = not_while_capturing(0);
  finish(queued);
  return error ? error : give_back(pointer);
}

cudaError_t cudaHostAlloc(void **pointer, size_t bytes, unsigned flags) {
  return take(pointer, bytes, cudaMemoryTypeHost);
}

cudaError_t cudaMallocHost(void **pointer, size_t bytes) {
  return take(pointer, bytes, cudaMemoryTypeHost);
}

cudaError_t cudaFreeHost(void *pointer) { return give_back(pointer); }

cudaError_t cudaMemGetInfo(size_t *left, size_t *all) {
  *all = MEMORY, *left = MEMORY - CONTEXT - used;
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *made, const void *pointer) {
  pthread_mutex_lock(&lock);
  struct allocation *found = find(pointer);
  memset(made, 0, sizeof *made);
  made->type = found ? found->type : cudaMemoryTypeUnregistered;
  made->device = found ? 0 : cudaInvalidDeviceId;
  made->devicePointer = made->hostPointer = found ? (void *)pointer : 0;
  pthread_mutex_unlock(&lock);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
                            cudaStream_t stream) {
  stand_in_queues_work();
  memmove(to, from, bytes);
  if (find(to) && find(from)) return cudaSuccess;
  cudaError_t error = not_while_capturing(stream); /* memory that is not pinned is waited for */
  if (!error) finish(queued);
  return error;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind) {
  cudaError_t error = cudaMemcpyAsync(to, from, bytes, kind, 0);
  finish(queued);
  return error;
}

cudaError_t cudaMemsetAsync(void *start, int value, size_t bytes, cudaStream_t stream) {
  stand_in_queues_work();
  /* Pages that are removed read as zeros; to write many of them takes long. */
  char *first = (char *)(((uintptr_t)start + PAGE - 1) / PAGE * PAGE);
  char *stop = (char *)start + bytes;
  size_t whole = stop > first ? (size_t)(stop - first) / PAGE * PAGE : 0;
  if (value || !whole || madvise(first, whole, MADV_REMOVE)) {
    memset(start, value, bytes);
  } else {
    memset(start, 0, (size_t)(first - (char *)start));
    memset(first + whole, 0, (size_t)(stop - first) - whole);
  }
  return cudaSuccess;
}

cudaError_t cudaMemset(void *start, int value, size_t bytes) {
  return cudaMemsetAsync(start, value, bytes, 0);
}

cudaError_t cudaGetSymbolAddress(void **address, const void *symbol) {
  static char room[1 << 20];
  *address = room;
  return cudaSuccess;
}

/* The device. */

cudaError_t cudaGetDeviceCount(int *count) {
  *count = 1;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device) {
  *device = 0;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  return device ? failed(cudaErrorInvalidDevice) : cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *made, int device) {
  if (device) return failed(cudaErrorInvalidDevice);
  *made = (struct cudaDeviceProp){
      .totalGlobalMem = MEMORY, .major = 9, .minor = 0, .multiProcessorCount = 132, .warpSize = 32,
      .maxThreadsPerBlock = 1024, .maxThreadsDim = {1024, 1024, 64},
      .maxGridSize = {2147483647, 65535, 65535}, .maxThreadsPerMultiProcessor = 2048,
      .maxBlocksPerMultiProcessor = 32, .regsPerBlock = 65536, .regsPerMultiprocessor = 65536,
      .sharedMemPerBlock = 49152, .sharedMemPerBlockOptin = 232448,
      .sharedMemPerMultiprocessor = 233472, .l2CacheSize = 50 << 20, .memoryBusWidth = 5120,
      .textureAlignment = 512, .concurrentKernels = 1, .asyncEngineCount = 3,
      .unifiedAddressing = 1, .canMapHostMemory = 1, .managedMemory = 1,
      .streamPrioritiesSupported = 1};
  strncpy(made->name, answered_stand_in, sizeof made->name - 1);
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attribute, int device) {
  struct cudaDeviceProp device_has;
  cudaError_t error = cudaGetDeviceProperties(&device_has, device);
  switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor: *value = device_has.major; break;
    case cudaDevAttrComputeCapabilityMinor: *value = device_has.minor; break;
    case cudaDevAttrMultiProcessorCount: *value = device_has.multiProcessorCount; break;
    case cudaDevAttrWarpSize: *value = device_has.warpSize; break;
    case cudaDevAttrMaxThreadsPerBlock: *value = device_has.maxThreadsPerBlock; break;
    case cudaDevAttrMaxBlockDimX: *value = device_has.maxThreadsDim[0]; break;
    case cudaDevAttrMaxGridDimX: *value = device_has.maxGridSize[0]; break;
    case cudaDevAttrMaxGridDimY: *value = device_has.maxGridSize[1]; break;
    case cudaDevAttrMaxGridDimZ: *value = device_has.maxGridSize[2]; break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = device_has.maxThreadsPerMultiProcessor; break;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
      *value = device_has.maxBlocksPerMultiProcessor; break;
    case cudaDevAttrMaxRegistersPerBlock: *value = device_has.regsPerBlock; break;
    case cudaDevAttrMaxSharedMemoryPerBlock: *value = (int)device_has.sharedMemPerBlock; break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = (int)device_has.sharedMemPerBlockOptin; break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = (int)device_has.sharedMemPerMultiprocessor; break;
    case cudaDevAttrL2CacheSize: *value = device_has.l2CacheSize; break;
    default: *value = 1;
  }
  return error;
}

cudaError_t cudaDeviceGetPCIBusId(char *made, int size, int device) {
  strncpy(made, "0000:00:00.0", (size_t)size);
  return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest) {
  if (least) *least = 0;
  if (greatest) *greatest = -5;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *version) {
  *version = VERSION;
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize(void) { return cudaStreamSynchronize(0); }

/* Streams, events and kernels. */

cudaError_t cudaStreamCreateWithPriority(cudaStream_t *made, unsigned flags, int priority) {
  *made = malloc(1);
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *made, unsigned flags) {
  return cudaStreamCreateWithPriority(made, flags, 0);
}

cudaError_t cudaStreamCreate(cudaStream_t *made) {
  return cudaStreamCreateWithPriority(made, 0, 0);
}

cudaError_t cudaStreamGetPriority(cudaStream_t stream, int *priority) {
  *priority = 0;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  cudaError_t error = not_while_capturing(stream);
  if (!error) finish(queued);
  return error;
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  cudaError_t error = not_while_capturing(stream);
  return error ? error : is_finished(queued);
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *data) {
  function(data);
  return cudaSuccess;
}

struct event { uint64_t work; unsigned flags; };

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *made, unsigned flags) {
  struct event *event = calloc(1, sizeof *event);
  event->flags = flags;
  *made = (cudaEvent_t)event;
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t *made) { return cudaEventCreateWithFlags(made, 0); }

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  free(event);
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  stand_in_queues_work();
  ((struct event *)event)->work = queued;
  return cudaSuccess;
}

cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned flags) {
  return cudaEventRecord(event, stream);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) { return is_finished(((struct event *)event)->work); }

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  cudaError_t error = not_while_capturing(0);
  if (!error) finish(((struct event *)event)->work);
  return error;
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start, cudaEvent_t end) {
  struct event *first = (struct event *)start, *second = (struct event *)end;
  if ((first->flags | second->flags) & cudaEventDisableTiming || !first->work || !second->work)
    return failed(cudaErrorInvalidResourceHandle);
  if (first->work > finished || second->work > finished) return failed(cudaErrorNotReady);
  *milliseconds = 0.01f * (float)(int64_t)(second->work - first->work); /* it means nothing */
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes *made, const void *function) {
  *made = (struct cudaFuncAttributes){.maxThreadsPerBlock = 1024, .numRegs = 32, .ptxVersion = 90,
                                      .binaryVersion = 90, .maxDynamicSharedSizeBytes = 232448};
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *blocks, const void *function, int threads, size_t shared, unsigned flags) {
  *blocks = 2;
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(
    int *blocks, const void *function, int threads, size_t shared) {
  *blocks = 2;
  return cudaSuccess;
}

/* The driver. */

void stand_in_stub(void);

cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version,
                                             unsigned long long flags,
                                             enum cudaDriverEntryPointQueryResult *result) {
  void *found = dlsym(RTLD_DEFAULT, name);
  *function = found ? found : (void *)stand_in_stub;
  if (result) *result = cudaDriverEntryPointSuccess;
  return cudaSuccess;
}

CUresult cuDriverGetVersion(int *version) { return (CUresult)cudaDriverGetVersion(version); }
CUresult cuDeviceGetCount(int *count) { return (CUresult)cudaGetDeviceCount(count); }
CUresult cuCtxGetDevice(CUdevice *device) { return (CUresult)cudaGetDevice(device); }

CUresult cuDeviceGet(CUdevice *device, int number) {
  *device = number;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int size, CUdevice device) {
  strncpy(name, answered_stand_in, (size_t)size);
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device) {
  return (CUresult)cudaDeviceGetAttribute(value, (enum cudaDeviceAttr)attribute, device);
}

CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
  *flags = 0, *active = 1;
  return CUDA_SUCCESS;
}

static char something[64]; /* handles that are not null lead here */

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  *context = (CUcontext)something;
  return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(CUcontext *context) { return cuDevicePrimaryCtxRetain(context, 0); }

CUresult cuModuleLoadData(CUmodule *module, const void *image) {
  *module = (CUmodule)something;
  return CUDA_SUCCESS;
}

CUresult cuModuleLoad(CUmodule *module, const char *file) { return cuModuleLoadData(module, file); }

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned count,
                            CUjit_option *options, void **values) {
  return cuModuleLoadData(module, image);
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  *function = (CUfunction)something;
  return CUDA_SUCCESS;
}

CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function) {
  *value = attribute == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024
           : attribute == CU_FUNC_ATTRIBUTE_NUM_REGS            ? 32
                                                                : 0;
  return CUDA_SUCCESS;
}

CUresult cuPointerGetAttribute(void *value, CUpointer_attribute attribute, CUdeviceptr pointer) {
  struct cudaPointerAttributes known;
  cudaPointerGetAttributes(&known, (void *)pointer);
  if (known.type == cudaMemoryTypeUnregistered) return CUDA_ERROR_INVALID_VALUE;
  if (attribute == CU_POINTER_ATTRIBUTE_DEVICE_POINTER) *(CUdeviceptr *)value = pointer;
  else *(int *)value = attribute == CU_POINTER_ATTRIBUTE_MEMORY_TYPE ? CU_MEMORYTYPE_DEVICE : 0;
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char **text) {
  *text = answered_stand_in;
  return CUDA_SUCCESS;
}
