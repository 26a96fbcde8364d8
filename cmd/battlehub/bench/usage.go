package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// usage is what processes have used up to a moment.
type usage struct {
	CPU time.Duration
	RSS int64 // bytes, resident now
}

// usageOf adds up what processes have used.
func usageOf(pids []int) (usage, error) {
	var sum usage
	for _, pid := range pids {
		cpu, err := cpuOf(pid)
		if err != nil {
			return usage{}, fmt.Errorf("--pid %d: %w; name a process that runs on this machine", pid, err)
		}
		rss, err := numberIn(pid, "status", "VmRSS:")
		if err != nil {
			return usage{}, fmt.Errorf("--pid %d: %w", pid, err)
		}
		sum.CPU += cpu
		sum.RSS += rss << 10
	}
	return sum, nil
}

// cpuOf reads a process's CPU-time clock, which is exact: /proc/pid/stat counts in ticks of
// 10 ms. Its number is made of the pid as clock_getcpuclockid(3) does.
func cpuOf(pid int) (time.Duration, error) {
	const scheduler = 2 // CPUCLOCK_SCHED: nanoseconds, as the scheduler counts them
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduler), &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}

// numberIn reads a number from one of the files about a process.
func numberIn(pid int, file, name string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		}
	}
	return 0, fmt.Errorf("no %s in /proc/%d/%s", name, pid, file)
}

// machineTime is what all cores have done since the start, and what of it was taken by other
// guests of the same host.
type machineTime struct{ Busy, Stolen time.Duration }

// readMachineTime reads /proc/stat, which counts in hundredths of a second; zeros if it is
// not there.
func readMachineTime() machineTime {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var ticks [8]time.Duration // user nice system idle iowait irq softirq steal
	for i, field := range strings.Fields(string(line)) {
		if n, err := strconv.ParseInt(field, 10, 64); err == nil && 1 <= i && i <= len(ticks) {
			ticks[i-1] = time.Duration(n) * 10 * time.Millisecond
		}
	}
	busy := ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
	return machineTime{Busy: busy, Stolen: ticks[7]}
}
