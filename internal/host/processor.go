package host

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/build"
)

// cpu returns the model and the flags of the first processor: "model name" and
// "flags" on amd64, "CPU part" and "Features" on arm64.
func (m *Machine) cpu() (model, flags string, err error) {
	text, err := m.text("proc/cpuinfo")
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "model name", "CPU part":
			if model == "" {
				model = value
			}
		case "flags", "Features":
			if flags == "" {
				flags = value
			}
		}
	}
	return model, flags, nil
}

// useful are the instructions that matter for speed, and AES for more.
var useful = []string{"adx", "bmi2", "sha_ni", "avx2", "aes", "sha2", "asimd"}

func (m *Machine) processor() finding {
	model, flags, err := m.cpu()
	if err != nil {
		return unread(err)
	}
	var have []string
	for _, flag := range useful {
		if contains(flags, flag) {
			have = append(have, flag)
		}
	}
	if len(have) == 0 {
		have = []string{"none of the instructions that matter"}
	}
	value := fmt.Sprintf("%s; %s", model, strings.Join(have, " "))
	switch {
	case m.Build.Flavour == build.HostSpecific && m.Build.Arch == "amd64" && !contains(flags, "adx"):
		return fail("use a release, which is built to run anywhere", "%s; this binary was built for a processor with adx", value)
	case !contains(flags, "aes"):
		return warn("ethkey works; AES in tables, as here, takes a time that depends on keys", "%s; no AES instructions", value)
	}
	return pass("%s", value)
}

func (m *Machine) virtual() finding {
	_, flags, err := m.cpu()
	if err != nil {
		return unread(err)
	}
	maker := strings.TrimSpace(m.textOf("sys/class/dmi/id/sys_vendor") + " " + m.textOf("sys/class/dmi/id/product_name"))
	if contains(flags, "hypervisor") || m.has("sys/hypervisor/type") {
		if maker == "" {
			maker = "maker unknown"
		}
		return warn("use a machine of its own: the host reads all memory of its guests", "yes (%s)", maker)
	}
	if maker == "" {
		return pass("no sign of one")
	}
	return pass("no (%s)", maker)
}

// wordsPerLine is how many words of a hash are read aloud in one breath.
const wordsPerLine = 8

func (m *Machine) binary() finding {
	sum, err := m.System.Self()
	if err != nil {
		return warn("start it by its full path", "cannot be read: %v", err)
	}
	f := pass("sha256 %s", hex.EncodeToString(sum[:]))
	if m.Build.Modified || m.Build.Commit == "" {
		f = warn("use a release, whose hash is published", "sha256 %s; not built from a commit", hex.EncodeToString(sum[:]))
	}
	for words := build.Words(sum); len(words) > 0; words = words[min(wordsPerLine, len(words)):] {
		f.detail = append(f.detail, strings.Join(words[:min(wordsPerLine, len(words))], " "))
	}
	return f
}
