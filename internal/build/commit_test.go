package build

import (
	"runtime/debug"
	"testing"
	"time"
)

func TestCommitTimeIsThatOfTheCheckout(t *testing.T) {
	for value, want := range map[string]time.Time{
		"2026-10-01T12:00:00Z": time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC),
		"yesterday":            {},
	} {
		b := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.time", Value: value}}}
		if got := commitTime(b); !got.Equal(want) {
			t.Errorf("%s: %v", value, got)
		}
	}
	if got := commitTime(&debug.BuildInfo{}); !got.IsZero() {
		t.Errorf("without a checkout: %v", got)
	}
}
