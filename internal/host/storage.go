package host

import (
	"path"
	"strings"
)

func (m *Machine) swap() finding {
	rows, err := m.rows("proc/swaps")
	if err != nil {
		return unread(err)
	}
	var seen []string
	verdict := Pass
	for _, row := range rows {
		if len(row) < 2 || row[0] == "Filename" {
			continue
		}
		kind, v := m.swapKind(row[0])
		seen = append(seen, row[0]+" ("+kind+")")
		if v == Fail || verdict == Pass {
			verdict = v
		}
	}
	switch verdict {
	case Fail:
		return fail("turn it off: 'swapoff -a' as root; what libraries copy, and scrypt's work area, can be written to it", "%s", strings.Join(seen, ", "))
	case Warn:
		return warn("turn it off: 'swapoff -a' as root", "%s", strings.Join(seen, ", "))
	}
	if len(seen) == 0 {
		return pass("off")
	}
	return pass("%s", strings.Join(seen, ", "))
}

// swapKind says what a swap file or device is made of.
func (m *Machine) swapKind(name string) (string, Verdict) {
	device, isDevice := strings.CutPrefix(name, "/dev/")
	folder := path.Join("sys/block", path.Base(device))
	switch {
	case !isDevice:
		return "file", Fail
	case strings.HasPrefix(device, "zram"):
		if back := m.textOf(folder, "backing_dev"); back != "" && back != "none" {
			return "compressed, backed by " + back, Fail
		}
		return "compressed, in memory", Pass
	case strings.HasPrefix(m.textOf(folder, "dm/uuid"), "CRYPT-"):
		return "encrypted", Warn
	}
	return "disk", Fail
}

func (m *Machine) hibernation() finding {
	states, err := m.text("sys/power/state")
	if err != nil && m.has("sys/power") {
		err = nil // the kernel cannot sleep at all
	}
	if err != nil {
		return unread(err)
	}
	mode := m.textOf("sys/power/disk")
	device := m.textOf("sys/power/resume")
	if device == "" && m.bootedWith("resume=") && !m.bootedWith("noresume") {
		device = "named at boot"
	}
	switch {
	case !contains(states, "disk") || strings.Contains(mode, "[disabled]"):
		return pass("not possible")
	case device != "" && device != "0:0":
		return fail("boot with 'nohibernate', or never close the lid: memory is written to disk as it is", "configured, device %s", device)
	}
	return warn("boot with 'nohibernate'", "possible, no device configured")
}

func contains(list, word string) bool {
	for _, w := range strings.Fields(list) {
		if w == word {
			return true
		}
	}
	return false
}

// bootedWith tells whether a word of the kernel's command line begins so.
func (m *Machine) bootedWith(prefix string) bool {
	for _, word := range strings.Fields(m.textOf("proc/cmdline")) {
		if strings.HasPrefix(word, prefix) {
			return true
		}
	}
	return false
}

func (m *Machine) corePattern() finding {
	pattern, err := m.text("proc/sys/kernel/core_pattern")
	if err != nil {
		return unread(err)
	}
	if strings.HasPrefix(pattern, "|") {
		return warn("'sysctl kernel.core_pattern=core' as root; ethkey itself leaves no core, the terminal beside it may",
			"handed to a program: %s", strings.TrimPrefix(pattern, "|"))
	}
	return pass("%q", pattern)
}
