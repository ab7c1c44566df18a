package testkit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// ptyPatience is how long a PTY waits for what must come: long enough for a
// slow KDF on a busy machine, and only ever spent by a test that fails.
const ptyPatience = time.Minute

// The size of a PTY until Resize.
const (
	ptyCols = 100
	ptyRows = 40
)

// PTY runs a program on a terminal of its own and plays the person at it: it
// types only when the question is there, and for hidden entry only when the
// terminal no longer echoes.
type PTY struct {
	t      testing.TB
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File // held open so that the modes can be read at the end

	mu       sync.Mutex
	output   []byte
	screen   *Screen
	arrived  chan struct{} // closed and renewed when output arrives
	finished bool          // no more output will come

	seen int // how much of output earlier calls of Expect have used

	watch *watch // nil until Watch

	exited chan struct{} // closed when the program has ended; then:
	code   int           // its exit code
	broken error         // why there is none
	modes  *unix.Termios // of the terminal as it was left
}

// StartPTY starts cmd as the leader of a session whose controlling terminal is
// new. Those of cmd's standard streams that are nil become the terminal. A
// credential in cmd.SysProcAttr gets the terminal as its own.
func StartPTY(t testing.TB, cmd *exec.Cmd) *PTY {
	t.Helper()
	p := &PTY{t: t, cmd: cmd, screen: NewScreen(ptyCols, ptyRows),
		arrived: make(chan struct{}), exited: make(chan struct{})}
	if err := p.open(); err != nil {
		t.Fatalf("cannot open a terminal: %v", err)
	}
	p.attach()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.listen()
	go p.await()
	t.Cleanup(p.end)
	return p
}

// open makes the pair of ends (pty(7)).
func (p *PTY) open() error {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	p.master = master
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return err
	}
	p.slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return p.resize(ptyCols, ptyRows)
}

func (p *PTY) resize(cols, rows int) error {
	return unix.IoctlSetWinsize(int(p.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
}

// attach gives the terminal to the command.
func (p *PTY) attach() {
	p.t.Helper()
	cmd := p.cmd
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	if c := cmd.SysProcAttr.Credential; c != nil {
		if err := p.slave.Chown(int(c.Uid), int(c.Gid)); err != nil {
			p.t.Fatal(err)
		}
	}
	ctty := -1
	if cmd.Stdin == nil {
		cmd.Stdin, ctty = p.slave, 0
	}
	if cmd.Stdout == nil {
		cmd.Stdout, ctty = p.slave, 1
	}
	if cmd.Stderr == nil {
		cmd.Stderr, ctty = p.slave, 2
	}
	if ctty < 0 {
		cmd.ExtraFiles = append(cmd.ExtraFiles, p.slave)
		ctty = 2 + len(cmd.ExtraFiles)
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty, cmd.SysProcAttr.Ctty = true, true, ctty
}

// listen collects the output until the last holder of the terminal is gone.
func (p *PTY) listen() {
	buf := make([]byte, 4096)
	for {
		n, err := p.master.Read(buf)
		p.mu.Lock()
		p.output = append(p.output, buf[:n]...)
		_, _ = p.screen.Write(buf[:n])
		p.finished = err != nil
		close(p.arrived)
		p.arrived = make(chan struct{})
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// until waits until ready holds, looking again whenever output arrives. It
// reports whether it did. p.mu is held while ready runs.
func (p *PTY) until(ready func() bool) bool {
	deadline := time.NewTimer(ptyPatience)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		ok, over, more := ready(), p.finished, p.arrived
		p.mu.Unlock()
		if ok || over {
			return ok
		}
		select {
		case <-more:
		case <-deadline.C:
			return false
		}
	}
}

// Expect waits until text appears in the output after what the last Expect
// found.
func (p *PTY) Expect(text string) {
	p.t.Helper()
	p.appears(text)
	p.look(text)
}

func (p *PTY) appears(text string) {
	p.t.Helper()
	found := p.until(func() bool {
		i := strings.Index(string(p.output[p.seen:]), text)
		if i >= 0 {
			p.seen += i + len(text)
		}
		return i >= 0
	})
	if !found {
		p.fail("%q did not appear", text)
	}
}

// ExpectHidden is Expect, and then waits until the terminal echoes nothing.
func (p *PTY) ExpectHidden(text string) {
	p.t.Helper()
	p.appears(text)
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	deadline := time.NewTimer(ptyPatience)
	defer deadline.Stop()
	for p.echoes() {
		select {
		case <-again.C:
		case <-deadline.C:
			p.fail("after %q the terminal still echoes", text)
		}
	}
	p.look(text)
}

func (p *PTY) echoes() bool {
	modes, err := unix.IoctlGetTermios(int(p.master.Fd()), unix.TCGETS)
	return err != nil || modes.Lflag&unix.ECHO != 0
}

// ExpectScreen waits until shown holds for the screen as it stands.
func (p *PTY) ExpectScreen(what string, shown func(*Screen) bool) {
	p.t.Helper()
	if !p.until(func() bool { return shown(p.screen) }) {
		p.fail("the screen never showed %s; main:\n%s\nalternate:\n%s", what, p.screen.Main(), p.screen.Alt())
	}
	p.look(what)
}

// Send types s.
func (p *PTY) Send(s string) {
	p.t.Helper()
	if _, err := p.master.Write([]byte(s)); err != nil {
		p.fail("cannot type: %v", err)
	}
}

// SendLine types s and presses Enter.
func (p *PTY) SendLine(s string) {
	p.t.Helper()
	p.Send(s + "\r")
}

// Interrupt presses Ctrl-C.
func (p *PTY) Interrupt() {
	p.t.Helper()
	p.Send("\x03")
}

// EOF presses Ctrl-D.
func (p *PTY) EOF() {
	p.t.Helper()
	p.Send("\x04")
}

// Signal sends sig to the program.
func (p *PTY) Signal(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.fail("cannot send %v: %v", sig, err)
	}
}

// Resize changes the window.
func (p *PTY) Resize(cols, rows int) {
	p.t.Helper()
	p.mu.Lock()
	p.screen.Resize(cols, rows)
	p.mu.Unlock()
	if err := p.resize(cols, rows); err != nil {
		p.fail("cannot resize: %v", err)
	}
}

// await waits for the program's end, looks at the modes that it left, and lets
// go of the terminal, so that listen comes to its end.
func (p *PTY) await() {
	defer close(p.exited)
	err := p.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.broken = err
	}
	p.code = exitCode(p.cmd.ProcessState)
	p.modes, _ = unix.IoctlGetTermios(int(p.slave.Fd()), unix.TCGETS)
	_ = p.slave.Close()
}

// Wait waits for the program's end and the last of its output, and returns its
// exit code; 128 and the signal's number when a signal ended it.
func (p *PTY) Wait() int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(ptyPatience):
		p.fail("the program did not end")
	}
	if p.broken != nil {
		p.fail("%v", p.broken)
	}
	p.until(func() bool { return p.finished })
	return p.code
}

func exitCode(s *os.ProcessState) int {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return s.ExitCode()
}

// ExpectExit waits for the program's end and checks its exit code.
func (p *PTY) ExpectExit(code int) {
	p.t.Helper()
	if got := p.Wait(); got != code {
		p.fail("exit code %d, want %d", got, code)
	}
}

// Transcript returns every byte that the terminal has shown.
func (p *PTY) Transcript() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.output)
}

// Screen returns the model of the screen. It is for use after Wait; before,
// use ExpectScreen.
func (p *PTY) Screen() *Screen { return p.screen }

// Echo reports whether the terminal was left echoing, line by line, with the
// keys that send signals: as it was found. It waits for the program's end.
func (p *PTY) Echo() bool {
	p.t.Helper()
	const cooked = unix.ECHO | unix.ICANON | unix.ISIG | unix.IEXTEN
	p.Wait()
	if p.modes == nil {
		p.fail("the terminal's modes could not be read")
	}
	return p.modes.Lflag&cooked == cooked && p.modes.Iflag&(unix.ICRNL|unix.IXON) == unix.ICRNL|unix.IXON
}

// fail ends the test with all that was shown.
func (p *PTY) fail(format string, args ...any) {
	p.t.Helper()
	p.t.Fatalf("%s\ntranscript: %q", fmt.Sprintf(format, args...), p.Transcript())
}

// end kills what is left when the test is over.
func (p *PTY) end() {
	_ = p.cmd.Process.Kill()
	<-p.exited
	_ = p.master.Close()
}

// Pid returns the process id of the program.
func (p *PTY) Pid() int { return p.cmd.Process.Pid }
