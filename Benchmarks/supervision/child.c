// The service that every supervisor runs in the comparison, and the judge of what became of its output.
//   child sleep STAMPS INDEX [READY_FD]     stamps its start, says it is ready if asked, and sleeps
//   child write STAMPS INDEX RECORD COUNT   its first start writes COUNT records of RECORD bytes to standard output
//   child verify RECORD COUNT FILE...       0 if the files, oldest first, hold each record exactly once
// STAMPS is a file of `struct stamp`, one for each INDEX, that all processes share.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct stamp {
    int64_t pid, starts, started, first_write, last_write, reserved[3];
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// A record begins with its number in twelve digits and ends with a newline; what stands between is fixed.
static void count_up(char *record) {
    int digit = 11;
    while (digit >= 0 && record[digit] == '9') record[digit--] = '0';
    if (digit >= 0) record[digit]++;
}

static int write_records(struct stamp *stamp, long size, long count) {
    char *record = malloc((size_t)size);
    memset(record, 'x', (size_t)size);
    memset(record, '0', 12);
    record[12] = ' ';
    record[size - 1] = '\n';
    stamp->first_write = now();
    for (long number = 0; number < count; number++) {
        for (long done = 0; done < size;) {
            ssize_t written = write(STDOUT_FILENO, record + done, (size_t)(size - done));
            if (written < 0) return 1;
            done += written;
        }
        count_up(record);
    }
    stamp->last_write = now();
    return 0;
}

// A record may be cut by the end of one file and go on in the next.
static int verify(long size, long count, int files, char **paths) {
    char *seen = calloc((size_t)count, 1), *record = malloc((size_t)size);
    long found = 0;
    size_t have = 0;
    for (int index = 0; index < files; index++) {
        FILE *file = fopen(paths[index], "r");
        size_t got;
        if (!file) return 2;
        while ((got = fread(record + have, 1, (size_t)size - have, file)) > 0) {
            have += got;
            if (have < (size_t)size) continue;
            long number = atol(record);
            if (record[size - 1] != '\n' || number < 0 || number >= count || seen[number]++) return 3;
            found++;
            have = 0;
        }
        fclose(file);
    }
    return have ? 4 : found == count ? 0 : 5;
}

int main(int count, char **arguments) {
    int64_t started = now();
    if (count >= 5 && !strcmp(arguments[1], "verify"))
        return verify(atol(arguments[2]), atol(arguments[3]), count - 4, arguments + 4);
    if (count < 4) return 64;
    long index = atol(arguments[3]);
    int file = open(arguments[2], O_RDWR | O_CLOEXEC);
    struct stamp *stamps =
        mmap(NULL, (size_t)(index + 1) * sizeof *stamps, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (stamps == MAP_FAILED) return 1;
    struct stamp *stamp = &stamps[index];
    stamp->pid = getpid();
    stamp->started = started;
    __atomic_add_fetch(&stamp->starts, 1, __ATOMIC_RELEASE);
    if (!strcmp(arguments[1], "write") && count == 6 && stamp->starts == 1 &&
        write_records(stamp, atol(arguments[4]), atol(arguments[5])))
        return 1;
    if (!strcmp(arguments[1], "sleep") && count == 5) {
        int ready = atoi(arguments[4]);
        if (write(ready, "\n", 1) != 1) return 1;
        close(ready);
    }
    for (;;) pause();
}
