package host

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// little is less room than a thousand keystores take.
const little = 4 << 20

// fsKind is what matters of a file system.
type fsKind struct {
	name    string
	verdict Verdict
	remark  string
	hint    string
}

const (
	modesHint  = "it keeps no file modes: whoever holds the medium reads the files; keystores are encrypted, a mnemonic file is not"
	memoryHint = "copy the files to a medium before the machine is switched off"
	shareHint  = "choose a folder on this machine or on a stick"
)

// fileSystems are those that people meet, by their magic number
// (include/uapi/linux/magic.h).
var fileSystems = map[uint32]fsKind{
	0xef53:     {name: "ext4", verdict: Pass},
	0x9123683e: {name: "btrfs", verdict: Pass},
	0x58465342: {name: "xfs", verdict: Pass},
	0xf2f52010: {name: "f2fs", verdict: Pass},
	0x2fc12fc1: {name: "zfs", verdict: Pass},
	0x01021994: {"tmpfs", Warn, "in memory", memoryHint},
	0x858458f6: {"ramfs", Warn, "in memory", memoryHint},
	0x794c7630: {"overlay", Warn, "a live system's or container's layer", "it may lie in memory: " + memoryHint},
	0x4d44:     {"vfat", Warn, "without modes", modesHint},
	0x2011bab0: {"exfat", Warn, "without modes", modesHint},
	0x5346544e: {"ntfs", Warn, "without modes", modesHint},
	0x7366746e: {"ntfs3", Warn, "without modes", modesHint},
	0x65735546: {"fuse", Warn, "driver outside the kernel", "it may be a share, or keep no modes"},
	0x6969:     {"nfs", Fail, "on another machine", shareHint},
	0xff534d42: {"cifs", Fail, "on another machine", shareHint},
	0xfe534d42: {"smb2", Fail, "on another machine", shareHint},
	0x00c36400: {"ceph", Fail, "on another machine", shareHint},
	0x01021997: {"9p", Fail, "on another machine", shareHint},
	0x73717368: {"squashfs", Fail, "read-only", "choose a folder that can be written"},
	0x9660:     {"iso9660", Fail, "read-only", "choose a folder that can be written"},
}

func (m *Machine) folder() finding {
	medium, err := m.System.Medium(m.Folder)
	if err != nil {
		return fail("make the folder, or name another", "%s: %v", m.Folder, err)
	}
	kind, ok := fileSystems[medium.Type]
	if !ok {
		kind = fsKind{fmt.Sprintf("file system 0x%x", medium.Type), Warn, "unknown", "use a medium with a file system of Linux"}
	}
	value := []string{m.Folder, kind.name}
	if kind.remark != "" {
		value = append(value, kind.remark)
	}
	value = append(value, m.device(), fmt.Sprintf("%d MiB free", medium.Free>>20))
	text := strings.Join(value, ", ")
	switch {
	case medium.ReadOnly:
		return fail("mount it for writing, or choose another folder", "%s, read-only", text)
	case kind.verdict == Fail:
		return fail(kind.hint, "%s", text)
	case medium.Free < little:
		return fail("free some space, or choose another folder", "%s", text)
	case kind.verdict == Warn:
		return warn(kind.hint, "%s", text)
	}
	return pass("%s", text)
}

// device says what the folder's file system lies on.
func (m *Machine) device() string {
	source := m.mountSource()
	name, ok := strings.CutPrefix(source, "/dev/")
	switch {
	case source == "":
		return "device unknown"
	case !ok:
		return "no disk"
	}
	name = path.Base(name)
	disk := m.diskOf(name)
	switch {
	case disk == "":
		return name
	case m.onUSB(disk):
		return name + " on USB"
	case m.textOf("sys/block", disk, "removable") == "1":
		return name + ", removable"
	case strings.HasPrefix(m.textOf("sys/block", disk, "dm/uuid"), "CRYPT-"):
		return name + ", encrypted"
	}
	return name + ", fixed"
}

// diskOf returns the disk that a partition is of, or the disk itself, which the
// device mapper may know by another name.
func (m *Machine) diskOf(name string) string {
	if m.has("sys/block", name) {
		return name
	}
	for _, disk := range m.names("sys/block") {
		if m.has("sys/block", disk, name) || m.textOf("sys/block", disk, "dm/name") == name {
			return disk
		}
	}
	return ""
}

// onUSB follows the disk's link into the tree of devices.
func (m *Machine) onUSB(disk string) bool {
	target, err := fs.ReadLink(m.Root, path.Join("sys/block", disk))
	return err == nil && strings.Contains(target, "/usb")
}

// mountSource returns the source of the mount that the folder is under, the
// last of the longest: "ID parent major:minor root point options [optional ...] -
// type source options" (proc(5)).
func (m *Machine) mountSource() (source string) {
	rows, _ := m.rows("proc/self/mountinfo")
	longest := -1
	for _, row := range rows {
		if len(row) < 10 {
			continue
		}
		point := unescape.Replace(row[4])
		under := point == "/" || m.Folder == point || strings.HasPrefix(m.Folder, point+"/")
		if !under || len(point) < longest {
			continue
		}
		for i, field := range row {
			if field == "-" && i+2 < len(row) {
				source, longest = unescape.Replace(row[i+2]), len(point)
				break
			}
		}
	}
	return source
}

// unescape undoes what the kernel does to white space in names.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
