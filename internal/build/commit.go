package build

import (
	"runtime/debug"
	"time"
)

// CommitTime returns the date of the commit that the binary was built from,
// and the zero time when it is not known.
func CommitTime() time.Time {
	recorded, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	return commitTime(recorded)
}

func commitTime(b *debug.BuildInfo) time.Time {
	for _, setting := range b.Settings {
		if setting.Key == "vcs.time" {
			t, _ := time.Parse(time.RFC3339, setting.Value) // zero when it is no date
			return t
		}
	}
	return time.Time{}
}
