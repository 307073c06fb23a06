/* Moves the wall clock of the program that it is loaded into (LD_PRELOAD) by MOVED_CLOCK_S seconds.
   How time passes (CLOCK_MONOTONIC) and the times of files are left alone: libfaketime moves them,
   too, and breaks sleeps on the way. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t by(void) {
    static time_t seconds;
    static int known;
    if (!known) {
        const char *text = getenv("MOVED_CLOCK_S");
        seconds = text ? atoll(text) : 0;
        known = 1;
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    /* Not by dlsym: some programs ask for the time before they can be asked for symbols. */
    int outcome = (int)syscall(SYS_clock_gettime, clock, now);
    if (outcome == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += by();
    return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int outcome = (int)syscall(SYS_gettimeofday, now, zone);
    if (outcome == 0)
        now->tv_sec += by();
    return outcome;
}

time_t time(time_t *where) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (where)
        *where = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}
