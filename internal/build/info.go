package build

import (
	"runtime"
	"runtime/debug"
)

// The flavours of the cryptography in C.
const (
	Portable     = "portable"      // chooses its instructions at run time
	HostSpecific = "host-specific" // needs the instructions it was compiled for
)

// Info describes the running binary. What is not known is empty.
type Info struct {
	Version   string   `json:"version"`    // of the main module: a tag, a pseudo-version or "(devel)"
	Commit    string   `json:"commit"`     // empty unless built in a checkout
	Modified  bool     `json:"modified"`   // the checkout had changes beside that commit
	GoVersion string   `json:"go_version"` // as in "go1.26.0"
	OS        string   `json:"os"`
	Arch      string   `json:"arch"`
	Flavour   string   `json:"flavour"`  // Portable or HostSpecific
	Compiler  string   `json:"compiler"` // the C compiler and its version
	LibC      string   `json:"libc"`     // "glibc", "musl" or "system"
	Static    bool     `json:"static"`   // needs no loader and no shared library
	Modules   []Module `json:"modules"`  // that are linked in, by path
}

// Module is one module of the binary, as go.sum knows it.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum"`
}

// Read collects what there is to know.
func Read() Info {
	info := Info{
		GoVersion: runtime.Version(),
		OS:        runtime.GOOS,
		Arch:      runtime.GOARCH,
		Flavour:   flavour(),
		Compiler:  compiler(),
		LibC:      libC(),
		Static:    static(),
	}
	if recorded, ok := debug.ReadBuildInfo(); ok {
		info.record(recorded)
	}
	return info
}

// record adds what the Go tool wrote into the binary.
func (i *Info) record(b *debug.BuildInfo) {
	i.Version = b.Main.Version
	for _, setting := range b.Settings {
		switch setting.Key {
		case "vcs.revision":
			i.Commit = setting.Value
		case "vcs.modified":
			i.Modified = setting.Value == "true"
		}
	}
	for _, m := range b.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		i.Modules = append(i.Modules, Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
}
