/* Remembers what of the files below a folder is on the disk for certain, for power_cut.py.

   Preloaded into a process, it lets fsync and fdatasync keep a copy of the file in SHADOW/data, and of the names in a
   folder in SHADOW/names. What was written and not synced is not in there: a power cut may take it. With
   POWER_CUT_NO_SYNC set, only the first sync of a file counts: the control, in which pages must be missing.

       cc -shared -fPIC -O2 -o power_cut.so power_cut.c -ldl
*/
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_folders(char *path) {
    for (char *at = path + 1; *at; at++)
        if (*at == '/') {
            *at = 0;
            mkdir(path, 0755);
            *at = '/';
        }
}

/* Open SHADOW/<kind>/<path> under a name of its own; it takes its name when it is complete. */
static int begin(const char *kind, const char *path, char *final, char *partial) {
    snprintf(final, PATH_MAX, "%s/%s%s", getenv("POWER_CUT_SHADOW"), kind, path);
    make_folders(final);
    snprintf(partial, PATH_MAX + 16, "%s.%d.new", final, getpid());
    return open(partial, O_WRONLY | O_CREAT | O_TRUNC, 0644);
}

static void keep_file(const char *path) {
    char final[PATH_MAX], partial[PATH_MAX + 16], buffer[1 << 16];
    int from = open(path, O_RDONLY), to = begin("data", path, final, partial);
    ssize_t count;
    while (from >= 0 && to >= 0 && (count = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, count) != count)
            break;
    if (from >= 0)
        close(from);
    if (to >= 0) {
        close(to);
        rename(partial, final);
    }
}

static void keep_names(const char *path) {
    char final[PATH_MAX], partial[PATH_MAX + 16], folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/.names", path);
    int to = begin("names", folder, final, partial);
    DIR *names = opendir(path);
    struct dirent *entry;
    while (names && to >= 0 && (entry = readdir(names)))
        dprintf(to, "%s\n", entry->d_name);
    if (names)
        closedir(names);
    if (to >= 0) {
        close(to);
        rename(partial, final);
    }
}

/* Whether a file has been kept before: with POWER_CUT_NO_SYNC what comes after the first sync is as if not synced. */
static int is_synced_once(const char *path) {
    char kept[PATH_MAX];
    struct stat state;
    snprintf(kept, sizeof kept, "%s/data%s", getenv("POWER_CUT_SHADOW"), path);
    return !stat(kept, &state);
}

static void keep(int descriptor) {
    char link[64], path[PATH_MAX];
    const char *base = getenv("POWER_CUT_BASE");
    struct stat state;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!base || !getenv("POWER_CUT_SHADOW") || length < 0)
        return;
    path[length] = 0;
    if (getenv("POWER_CUT_NO_SYNC") && is_synced_once(path))
        return;
    if (strncmp(path, base, strlen(base)) || fstat(descriptor, &state))
        return;
    if (S_ISDIR(state.st_mode))
        keep_names(path);
    else
        keep_file(path);
    errno = before;
}

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(descriptor);
    if (!result)
        keep(descriptor);
    return result;
}

int fdatasync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(descriptor);
    if (!result)
        keep(descriptor);
    return result;
}
