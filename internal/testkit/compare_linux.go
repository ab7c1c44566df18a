package testkit

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rounds is how often Compare runs each side: other work on the machine then
// has to last through all of them to count.
const rounds = 3

// Compare runs ours and the reference in turns, so that both see the same
// machine, and reports the best time of each in seconds and their quotient:
// by the clock, and by the processor's time, in which what others take does
// not count and nor does what waits.
func Compare(b *testing.B, ours, reference func()) {
	b.Helper()
	sides := []func(){ours, reference}
	clock, processor := [2]time.Duration{1<<63 - 1, 1<<63 - 1}, [2]time.Duration{1<<63 - 1, 1<<63 - 1}
	for b.Loop() {
		for range rounds {
			for i, side := range sides {
				runtime.GC() // each pays for its own garbage
				start, used := time.Now(), processorTime(b)
				side()
				clock[i] = min(clock[i], time.Since(start))
				processor[i] = min(processor[i], processorTime(b)-used)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(clock[0].Seconds(), "s/ours")
	b.ReportMetric(clock[1].Seconds(), "s/reference")
	b.ReportMetric(clock[0].Seconds()/clock[1].Seconds(), "ratio")
	b.ReportMetric(processor[0].Seconds()/processor[1].Seconds(), "cpu-ratio")
}

// processorTime is that of this process.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}
