package testkit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// chunk is how much of a process's memory is read at a time; pieces overlap by
// the longest needle.
const chunk = 1 << 20

// ScanProcess scans the memory of a running process that it can write to, which
// only root may read when it made itself not dumpable. Mappings that even root
// cannot read are passed over. ErrUnreadable says that none could be read.
func (c *Canary) ScanProcess(pid int) ([]Finding, error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, errors.Join(ErrUnreadable, err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, errors.Join(ErrUnreadable, err)
	}
	defer mem.Close()
	pages, err := os.Open(fmt.Sprintf("/proc/%d/pagemap", pid))
	if err != nil {
		return nil, errors.Join(ErrUnreadable, err)
	}
	defer pages.Close()
	var found []Finding
	total := int64(0)
	for line := range strings.Lines(string(maps)) {
		if strings.Contains(line, "[v") { // vvar, vdso, vsyscall: the kernel's own
			continue
		}
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil {
			return nil, fmt.Errorf("maps of process %d: %w", pid, err)
		}
		if !strings.HasPrefix(mode, "rw") {
			continue
		}
		for _, run := range populated(pages, from, to) {
			n, hits := c.scanRange(mem, strings.TrimSpace(line), run[0], run[1])
			total += n
			found = append(found, hits...)
		}
	}
	if total == 0 {
		return nil, ErrUnreadable
	}
	return found, nil
}

// populated returns the runs of pages between two addresses that are more than
// a promise of zeros (proc_pid_pagemap(5)): all of them when that cannot be
// told.
func populated(pages io.ReaderAt, from, to int64) (runs [][2]int64) {
	const entry, inMemory, swapped = 8, 1 << 7, 1 << 6 // the latter in the last byte of an entry
	size := int64(os.Getpagesize())
	entries := make([]byte, (to-from)/size*entry)
	if _, err := pages.ReadAt(entries, from/size*entry); err != nil {
		return [][2]int64{{from, to}}
	}
	for at := from; at < to; at += size {
		bits := entries[entry-1]
		entries = entries[entry:]
		switch last := len(runs) - 1; {
		case bits&(inMemory|swapped) == 0:
		case last >= 0 && runs[last][1] == at:
			runs[last][1] += size
		default:
			runs = append(runs, [2]int64{at, at + size})
		}
	}
	return runs
}

func (c *Canary) scanRange(mem io.ReaderAt, where string, from, to int64) (total int64, found []Finding) {
	overlap := int64(c.longest())
	buf := make([]byte, min(chunk+overlap, to-from))
	for at := from; at < to; at += chunk {
		n, err := mem.ReadAt(buf[:min(int64(len(buf)), to-at)], at)
		found = append(found, c.scan(where, buf[:n], at)...)
		total += int64(n)
		if err != nil {
			break
		}
	}
	return total, found
}

func (c *Canary) longest() int {
	most := 0
	for _, n := range c.needles {
		most = max(most, len(n.bytes))
	}
	return most
}
