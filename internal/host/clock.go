package host

import (
	"strconv"
	"time"
)

const (
	clockHint = "set the clock ('date -u -s'), then the hardware's ('hwclock --systohc')"
	// drift is how far two clocks of one machine may be apart.
	drift = 2 * time.Minute
	// stale is how long after its commit a binary is worth a second look.
	stale = 5 * 365 * 24 * time.Hour
)

func (m *Machine) clock() finding {
	now := m.Now.UTC().Truncate(time.Second)
	text := now.Format(time.RFC3339)
	if !m.Commit.IsZero() && now.Before(m.Commit) {
		return fail(clockHint, "%s is before this binary was made (%s)", text, m.Commit.UTC().Format(time.RFC3339))
	}
	if !m.Commit.IsZero() && now.Sub(m.Commit) > stale {
		return warn(clockHint+", or use a newer release", "%s is years after this binary was made (%s)", text, m.Commit.UTC().Format(time.RFC3339))
	}
	seconds, err := strconv.ParseInt(m.textOf("sys/class/rtc/rtc0/since_epoch"), 10, 64)
	if err != nil {
		return pass("%s; no hardware clock to compare with", text)
	}
	apart := now.Sub(time.Unix(seconds, 0))
	if apart.Abs() <= drift {
		return pass("%s, as the hardware clock", text)
	}
	// Another system may keep it in local time: whole quarters of an hour.
	const quarter = 15 * time.Minute
	if off := apart - apart.Round(quarter); off.Abs() <= drift && apart.Abs() <= 14*time.Hour {
		return warn("check it against a watch: the hardware clock may be in local time", "%s; the hardware clock is %s apart", text, apart.Round(quarter))
	}
	return warn(clockHint, "%s; the hardware clock is %s apart", text, apart)
}

func (m *Machine) randomness() finding {
	if err := m.System.Random(); err != nil {
		return fail("wait, move the mouse, type; do not make keys before this passes", "the kernel's generator is not ready: %v", err)
	}
	value := "the kernel's generator is ready"
	if hardware := m.textOf("sys/class/misc/hw_random/rng_current"); hardware != "" && hardware != "none" {
		value += "; hardware: " + hardware
	}
	return pass("%s", value)
}
