package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// goesOn are the signals that follow a stop by Ctrl-Z.
var goesOn = []os.Signal{unix.SIGCONT}

// modes are the settings of a terminal.
type modes = unix.Termios

// silence turns off echo, line editing, flow control and the keys that send
// signals, and returns the settings to go back to. Output stays cooked. What
// was typed before the prompt is dropped: it was echoed, or meant for
// something else.
func silence(fd uintptr) (*modes, error) {
	old, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
	if err != nil {
		return nil, err
	}
	raw := *old
	raw.Iflag &^= unix.BRKINT | unix.INPCK | unix.ISTRIP | unix.IXON | unix.IXOFF
	raw.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	return old, unix.IoctlSetTermios(int(fd), unix.TCSETSF, &raw)
}

// unsilence goes back to old. The rest of a paste that was longer than its
// prompt is dropped, not taken for the next answer.
func unsilence(fd uintptr, old *modes) error {
	return unix.IoctlSetTermios(int(fd), unix.TCSETSF, old)
}
