package kdf

import (
	"crypto/sha256"
	"crypto/sha512"
	"runtime"
	"testing"
	"time"

	"golang.org/x/crypto/pbkdf2"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/sys/unix"
)

// compare runs ours and the reference in turns, so that both see the same
// machine, and reports the best processor time of each and their ratio.
func compare(b *testing.B, ours, reference func()) {
	b.Helper()
	best := [2]time.Duration{1<<63 - 1, 1<<63 - 1}
	for b.Loop() {
		for i, f := range []func(){ours, reference} {
			runtime.GC() // each pays for its own garbage
			start := processorTime(b)
			f()
			best[i] = min(best[i], processorTime(b)-start)
		}
	}
	b.ReportMetric(best[0].Seconds()*1e3, "ms/ours")
	b.ReportMetric(best[1].Seconds()*1e3, "ms/x-crypto")
	b.ReportMetric(best[0].Seconds()/best[1].Seconds(), "ratio")
}

// processorTime is that of the process: what others take does not count.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}

var (
	benchPassword = []byte("a password of a person")
	benchSalt     = make([]byte, 32)
)

func BenchmarkScrypt(b *testing.B) {
	compare(b, func() {
		dk, err := Scrypt(background, benchPassword, benchSalt, 1<<18, 8, 1, 32)
		reveal(b, dk, err)
	}, func() {
		if _, err := scrypt.Key(benchPassword, benchSalt, 1<<18, 8, 1, 32); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPBKDF2(b *testing.B) {
	compare(b, func() {
		dk, err := PBKDF2(background, SHA256, benchPassword, benchSalt, 1<<18, 32)
		reveal(b, dk, err)
	}, func() { pbkdf2.Key(benchPassword, benchSalt, 1<<18, 32, sha256.New) })
}

func BenchmarkSeed(b *testing.B) {
	compare(b, func() {
		dk, err := PBKDF2(background, SHA512, benchPassword, benchSalt, 2048, 64)
		reveal(b, dk, err)
	}, func() { pbkdf2.Key(benchPassword, benchSalt, 2048, 64, sha512.New) })
}
