package testkit

import (
	"os/exec"
	"strings"
	"testing"
)

func TestPTYAsTheUserOfTheCommand(t *testing.T) {
	cmd := exec.Command("sh", "-c", `exec 3<>/dev/tty; printf 'name? ' >&3; read -r name <&3; echo "hello $name" >&3; id -u; exit 7`)
	Unprivileged(t, cmd)
	p := StartPTY(t, cmd)
	p.Expect("name? ")
	p.SendLine("nobody")
	p.Expect("hello nobody\r\n")
	p.ExpectExit(7)
	if !p.Echo() {
		t.Error("the shell did not touch the modes, but the terminal does not echo")
	}
	if strings.HasSuffix(p.Transcript(), "\r\n0\r\n") {
		t.Error("the command runs as root")
	}
}

func TestPTYSeesWhetherEntryIsHidden(t *testing.T) {
	p := StartPTY(t, exec.Command("sh", "-c", `printf 'password: '; stty -echo; read -r x; echo; echo "got $x"`))
	p.ExpectHidden("password: ")
	p.SendLine("qx")
	p.Expect("\r\ngot qx\r\n")
	p.ExpectExit(0)
	if p.Echo() {
		t.Error("the shell left the terminal silent, and nobody noticed")
	}
	if want := "password: \r\ngot qx\r\n"; p.Transcript() != want {
		t.Errorf("the terminal showed %q, want %q", p.Transcript(), want)
	}
}

func TestPTYWithStdinElsewhere(t *testing.T) {
	cmd := exec.Command("sh", "-c", `read -r a; read -r b </dev/tty; echo "$a $b" >/dev/tty`)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("pipe\n"), &strings.Builder{}, &strings.Builder{}
	p := StartPTY(t, cmd)
	p.SendLine("terminal")
	p.Expect("pipe terminal\r\n")
	p.ExpectExit(0)
}

func TestPTYInterrupts(t *testing.T) {
	p := StartPTY(t, exec.Command("sh", "-c", `printf 'ready '; exec cat`))
	p.Expect("ready ")
	p.Interrupt()
	p.ExpectExit(130)
}
