/*
 * Stands in for libnvidia-ml.so.1 in tests: the same functions with the layouts of nvml.h (API 13). What it does is read from the
 * file CONTROL at each call, one `name value` a line:
 *
 *   count 2            devices
 *   nvmlInit_v2 9      what a function returns
 *   hang 6             seconds that nvmlDeviceGetUtilizationRates takes
 *   lost 1             this device answers 15 to everything
 *   lost_handle 1      there is no handle of this device either
 *   mig 1              MIG mode of device 0
 *   pcie_bits 32       type of the PCIe byte counters
 *   xid 79             one XID event of device 0, and none after it
 *   pid 4242           the process that has memory on each device
 *   processes 100      others that have too
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int R;
typedef struct device { int index; int slice; } *Device;
typedef unsigned long long ull;

/* Above 2^53, as handles of the real library may be. */
#define HANDLE(index, slice) ((Device)(0x7fff000000000000ull | ((ull)(slice) << 8) | (ull)(index)))
#define INDEX(device) ((int)((ull)(device) & 0xff))
#define SLICE(device) ((int)(((ull)(device) >> 8) & 0xff))

static long control(const char *name, long otherwise) {
  FILE *file = fopen(CONTROL, "r");
  char key[128];
  long value, found = otherwise;
  if (!file) return otherwise;
  while (fscanf(file, "%127s %ld", key, &value) == 2)
    if (strcmp(key, name) == 0) found = value;
  fclose(file);
  return found;
}

static R answer(const char *name) { return (R)control(name, 0); }

static R about(const char *name, Device device) {
  if (device && control("lost", -1) == INDEX(device)) return 15;
  return answer(name);
}

#define ABOUT(device) do { R code = about(__func__, device); if (code) return code; } while (0)
#define MIG_ON(device) (INDEX(device) == 0 && control("mig", 0))

R nvmlInit_v2(void) { return answer(__func__); }
R nvmlShutdown(void) { return 0; }

R nvmlDeviceGetCount_v2(unsigned *count) {
  *count = (unsigned)control("count", 2);
  return answer(__func__);
}

R nvmlDeviceGetHandleByIndex_v2(unsigned index, Device *device) {
  *device = HANDLE(index, 0);
  if (control("lost_handle", -1) == (long)index) return 15;
  return answer(__func__);
}

R nvmlDeviceGetUUID(Device device, char *text, unsigned length) {
  ABOUT(device);
  snprintf(text, length, "GPU-00000000-0000-0000-0000-00000000000%d", INDEX(device));
  return 0;
}

R nvmlDeviceGetName(Device device, char *text, unsigned length) {
  ABOUT(device);
  snprintf(text, length, "NVIDIA Stand-in");
  return 0;
}

typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char address[32]; } Pci;
_Static_assert(sizeof(Pci) == 68, "nvmlPciInfo_t");

R nvmlDeviceGetPciInfo_v3(Device device, Pci *pci) {
  ABOUT(device);
  memset(pci, 0, sizeof *pci);
  snprintf(pci->address, sizeof pci->address, "00000000:%02X:00.0", 0x3b + INDEX(device));
  return 0;
}

R nvmlDeviceGetUtilizationRates(Device device, unsigned out[2]) {
  long seconds = control("hang", 0);
  if (seconds) {
    fclose(fopen(CONTROL ".hanging", "w"));
    sleep((unsigned)seconds);
  }
  ABOUT(device);
  if (MIG_ON(device)) return 3;
  out[0] = 37;
  out[1] = 11;
  return 0;
}

R nvmlDeviceGetEncoderUtilization(Device device, unsigned *out, unsigned *period) {
  ABOUT(device);
  *out = 5;
  *period = 100000;
  return 0;
}

R nvmlDeviceGetDecoderUtilization(Device device, unsigned *out, unsigned *period) {
  (void)out, (void)period;
  ABOUT(device);
  return 3;
}

typedef struct { unsigned version; ull total, reserved, free, used; } MemoryV2;
typedef struct { ull total, free, used; } Memory;
_Static_assert(sizeof(MemoryV2) == 0x28, "nvmlMemory_v2_t");

#define GIB (1ull << 30)
#define MIB (1ull << 20)

R nvmlDeviceGetMemoryInfo_v2(Device device, MemoryV2 *memory) {
  ABOUT(device);
  if (memory->version != (sizeof *memory | 2u << 24)) return 25;
  memory->total = 80 * GIB;
  memory->reserved = 479 * MIB;
  memory->used = 20 * GIB;
  memory->free = memory->total - memory->reserved - memory->used;
  return 0;
}

R nvmlDeviceGetMemoryInfo(Device device, Memory *memory) {
  ABOUT(device);
  memory->total = SLICE(device) ? 10 * GIB : 80 * GIB;
  memory->used = SLICE(device) ? (ull)SLICE(device) * MIB : 20 * GIB + 479 * MIB;
  memory->free = memory->total - memory->used;
  return 0;
}

typedef struct { unsigned version; int sensor, celsius; } Temperature;

R nvmlDeviceGetTemperatureV(Device device, Temperature *temperature) {
  ABOUT(device);
  if (temperature->version != (sizeof *temperature | 1u << 24)) return 25;
  temperature->celsius = 61;
  return 0;
}

R nvmlDeviceGetTemperature(Device device, int sensor, unsigned *celsius) {
  (void)sensor;
  ABOUT(device);
  *celsius = 60;
  return 0;
}

R nvmlDeviceGetTemperatureThreshold(Device device, int which, unsigned *celsius) {
  ABOUT(device);
  if (which == 2) return 3;
  *celsius = which == 0 ? 92 : 87;
  return 0;
}

R nvmlDeviceGetPowerUsage(Device device, unsigned *milliwatts) { ABOUT(device); *milliwatts = 312500; return 0; }
R nvmlDeviceGetEnforcedPowerLimit(Device device, unsigned *milliwatts) { ABOUT(device); *milliwatts = 700000; return 0; }
R nvmlDeviceGetTotalEnergyConsumption(Device device, ull *millijoules) { ABOUT(device); *millijoules = 9000000001ull; return 0; }
R nvmlDeviceGetFanSpeed(Device device, unsigned *percent) { (void)percent; ABOUT(device); return 3; }

R nvmlDeviceGetClockInfo(Device device, int which, unsigned *megahertz) {
  ABOUT(device);
  *megahertz = which == 2 ? 2619 : 1980;
  return 0;
}

#ifndef OLD_DRIVER
R nvmlDeviceGetCurrentClocksEventReasons(Device device, ull *mask) {
  ABOUT(device);
  *mask = (ull)control("reasons", 0x4);
  return 0;
}
#endif

R nvmlDeviceGetCurrentClocksThrottleReasons(Device device, ull *mask) { ABOUT(device); *mask = 0x1; return 0; }

R nvmlDeviceGetTotalEccErrors(Device device, int kind, int counter, ull *count) {
  ABOUT(device);
  if (counter != 0) return 2;
  *count = kind == 0 ? 3 : 0;
  return 0;
}

R nvmlDeviceGetPcieReplayCounter(Device device, unsigned *count) { ABOUT(device); *count = 2; return 0; }

R nvmlDeviceGetRemappedRows(Device device, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed) {
  ABOUT(device);
  *corrected = 1, *uncorrected = 0, *pending = (unsigned)control("remap_pending", 0), *failed = 0;
  return 0;
}

R nvmlDeviceGetPcieThroughput(Device device, int counter, unsigned *kilobytes) {
  ABOUT(device);
  usleep(20000);
  *kilobytes = counter == 0 ? 1500 : 2500;
  return 0;
}

R nvmlDeviceGetCurrPcieLinkGeneration(Device device, unsigned *out) { ABOUT(device); *out = 5; return 0; }
R nvmlDeviceGetCurrPcieLinkWidth(Device device, unsigned *out) { ABOUT(device); *out = 16; return 0; }

typedef struct {
  unsigned field, scope;
  long long timestamp, latency;
  int type, code;
  union { double d; unsigned u; ull q; } value;
} Field;
_Static_assert(sizeof(Field) == 40, "nvmlFieldValue_t");

static void counter64(Field *field, ull value) { field->type = 3, field->value.q = value; }

R nvmlDeviceGetFieldValues(Device device, int count, Field *fields) {
  ABOUT(device);
  for (int i = 0; i < count; i++) {
    Field *field = &fields[i];
    field->code = 0;
    switch (field->field) {
      case 82: field->type = 1, field->value.u = 70; break;
      case 74: counter64(field, 1500000000ull); break;
      case 76: counter64(field, 0); break;
      case 138: case 139:
        if (field->scope != 0xffffffffu) field->code = 2;
        else counter64(field, field->field == 138 ? 1000 : 2000);
        break;
      case 197: case 198:
        if (control("pcie_bits", 64) == 32) field->type = 1, field->value.u = 12345;
        else counter64(field, field->field == 197 ? 7000000000ull : 9000000000ull);
        break;
      case 269: counter64(field, 250000000ull); break;
      /* What a field that is not there leaves in the record is not to be read. */
      default: field->code = 3, field->type = 3, field->value.q = 77; break;
    }
  }
  return 0;
}

R nvmlDeviceGetMigMode(Device device, unsigned *current, unsigned *pending) {
  ABOUT(device);
  *current = *pending = MIG_ON(device) ? 1 : 0;
  return 0;
}

R nvmlDeviceGetMaxMigDeviceCount(Device device, unsigned *count) { ABOUT(device); *count = 7; return 0; }

/* Slices 0 and 1 share GPU instance 1, slice 3 is instance 2; there is no other. */
R nvmlDeviceGetMigDeviceHandleByIndex(Device device, unsigned index, Device *slice) {
  ABOUT(device);
  if (index != 0 && index != 1 && index != 3) return 6;
  *slice = HANDLE(INDEX(device), index == 3 ? 2 : 1);
  return 0;
}

R nvmlDeviceGetGpuInstanceId(Device slice, unsigned *id) { *id = (unsigned)SLICE(slice); return 0; }

typedef struct { unsigned pid; ull used; unsigned gpu_instance, compute_instance; } Process;
_Static_assert(sizeof(Process) == 24, "nvmlProcessInfo_t");

R nvmlDeviceGetComputeRunningProcesses_v3(Device device, unsigned *count, Process *processes) {
  ABOUT(device);
  unsigned all = 1 + (unsigned)control("processes", 0), room = *count;
  *count = all;
  if (room < all) return 7;
  for (unsigned i = 0; i < all; i++) {
    processes[i].pid = i + 1 == all ? (unsigned)control("pid", 1) : 100000 + i;
    processes[i].used = control("process_memory", 1) ? 512 * MIB : ~0ull;
  }
  return 0;
}

typedef struct { Device device; ull type, data; unsigned gpu_instance, compute_instance; } Event;
_Static_assert(sizeof(Event) == 32, "nvmlEventData_t");
static long seen_xid;

R nvmlEventSetCreate(void **set) { *set = (void *)0x7fff0000deadbeefull; return answer(__func__); }
R nvmlEventSetFree(void *set) { (void)set; return 0; }

R nvmlDeviceRegisterEvents(Device device, ull mask, void *set) {
  ABOUT(device);
  return mask == 8 && set == (void *)0x7fff0000deadbeefull ? 0 : 2;
}

R nvmlEventSetWait_v2(void *set, Event *event, unsigned milliseconds) {
  (void)set, (void)milliseconds;
  long xid = control("xid", 0);
  if (!xid || xid == seen_xid) return 10;
  seen_xid = xid;
  event->device = HANDLE(0, 0), event->type = 8, event->data = (ull)xid;
  return 0;
}
