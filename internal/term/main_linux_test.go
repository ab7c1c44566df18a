package term_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// The test binary runs itself as the program at the terminal.
const (
	programEnv = "TERM_TEST_PROGRAM"
	resultEnv  = "TERM_TEST_RESULT"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(programEnv); name != "" {
		os.Exit(play(programs[name]))
	}
	os.Exit(m.Run())
}

// result is what a program leaves for the test. It goes by a file, so that
// whatever is on the terminal was put there by package term.
type result struct {
	Answer string
	What   string
	Hint   string
	Rest   string // what the program found on stdin afterwards
}

// program is a main function that asks something.
type program func(ctx context.Context, t *term.Terminal) (answer string, err error)

// play is how main uses a Terminal.
func play(p program) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	tty := func() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }
	t := term.Open(os.Stdin, os.Stderr, tty)
	defer t.Close()
	answer, err := p(ctx, t)
	r := result{Answer: answer}
	if err != nil {
		r.What, r.Hint = err.Error(), fault.HintOf(err)
	}
	if !t.Interactive() {
		rest, _ := io.ReadAll(os.Stdin)
		r.Rest = string(rest)
	}
	file, fileErr := os.Create(os.Getenv(resultEnv))
	if fileErr != nil || gob.NewEncoder(file).Encode(r) != nil {
		return 99
	}
	if err != nil {
		return int(fault.KindOf(err))
	}
	return 0
}

var counts = []int{12, 15, 18, 21, 24}

// list is a Speller over a few words.
type list []string

var english = list{"abandon", "ability", "able", "about", "above", "absent", "absorb", "act", "action", "actor", "zone", "zoo"}

func (l list) Complete(prefix []byte) []string {
	var out []string
	for _, w := range l {
		if strings.HasPrefix(w, strings.ToLower(string(prefix))) {
			out = append(out, w)
		}
	}
	return out
}

func (l list) Known(word []byte) bool { return slices.Contains(l, strings.ToLower(string(word))) }

func (l list) Nearest(word []byte) []string {
	var out []string
	for _, w := range l {
		if len(word) > 0 && w[0] == word[0] {
			out = append(out, w)
		}
	}
	return out
}

// reveal turns a hidden answer into what the result file holds.
func reveal(b *secret.Buffer, err error) (string, error) {
	defer b.Close()
	return string(b.Bytes()), err
}

// refuse is a check that refuses one answer.
func refuse(wrong string) func(*secret.Buffer) error {
	return func(b *secret.Buffer) error {
		if string(b.Bytes()) == wrong {
			return fault.New(fault.Refused, "that one is refused").WithHint("choose another")
		}
		return nil
	}
}

func ask(p term.Prompt) program {
	return func(ctx context.Context, t *term.Terminal) (string, error) { return t.Line(ctx, p) }
}

func secretPage(w io.Writer, _ int) {
	for i := range 24 {
		_, _ = fmt.Fprintf(w, "%2d. secretword%d\n", i+1, i+1)
	}
}

var programs = map[string]program{
	"block": copied(false), "plain block": copied(true), "block-after": copied(false, "warning: that sheet was read already"),
	"line": ask(term.Prompt{Text: "amount", Flag: "--amount", Default: "32", Check: func(s string) error {
		if s != "32" && s != "64" {
			return fault.New(fault.Refused, "\"%s\" is not 32 or 64", s).WithHint("type 32 or 64")
		}
		return nil
	}}),
	"free": ask(term.Prompt{Text: "folder"}),
	"confirm": func(ctx context.Context, t *term.Terminal) (string, error) {
		yes, err := t.Confirm(ctx, term.Prompt{Text: "go on", Flag: "--yes", Default: os.Getenv("TERM_TEST_DEFAULT")})
		return fmt.Sprint(yes), err
	},
	"choose": func(ctx context.Context, t *term.Terminal) (string, error) {
		i, err := t.Choose(ctx, term.Prompt{Text: "network", Flag: "--chain", Default: "mainnet", Check: func(s string) error {
			if s == "hodi" {
				return fault.New(fault.Refused, "no network \"hodi\"").WithHint("did you mean hoodi?")
			}
			return nil
		}}, []string{"mainnet", "hoodi", "1"})
		return fmt.Sprint(i), err
	},
	"hidden": func(ctx context.Context, t *term.Terminal) (string, error) {
		return reveal(t.Hidden(ctx, term.Prompt{Text: "password", Flag: "--keystore_password"}, refuse("short")))
	},
	"twice": func(ctx context.Context, t *term.Terminal) (string, error) {
		return reveal(t.HiddenTwice(ctx, term.Prompt{Text: "password", Flag: "--keystore_password"}, "repeat", refuse("short")))
	},
	"hidden, then line": func(ctx context.Context, t *term.Terminal) (string, error) {
		first, err := reveal(t.Hidden(ctx, term.Prompt{Text: "password"}, nil))
		if err != nil {
			return "", err
		}
		second, err := t.Line(ctx, term.Prompt{Text: "folder"})
		return first + "|" + second, err
	},
	"words": func(ctx context.Context, t *term.Terminal) (string, error) {
		return reveal(t.Words(ctx, term.Prompt{Text: "mnemonic", Flag: "--mnemonic"}, english, counts,
			refuse("zoo"+strings.Repeat(" zoo", 11))))
	},
	"words of 12": func(ctx context.Context, t *term.Terminal) (string, error) {
		p := term.Prompt{Text: "mnemonic", AsideText: "look again", Aside: func(ctx context.Context) error {
			return t.Page(ctx, secretPage, "press any key to go on")
		}}
		return reveal(t.Words(ctx, p, english, []int{12}, nil))
	},
	"plain words": func(ctx context.Context, t *term.Terminal) (string, error) {
		t.Plain = true
		return reveal(t.Words(ctx, term.Prompt{Text: "mnemonic"}, english, counts, refuse("zoo")))
	},
	"plain page": func(ctx context.Context, t *term.Terminal) (string, error) {
		t.Plain = true
		t.Progress("keys")(1, 2)
		return "", t.Page(ctx, secretPage, "write it down, then press any key")
	},
	"long": func(ctx context.Context, t *term.Terminal) (string, error) {
		t.Note(strings.Repeat("eleven char ", 12))
		return t.Line(ctx, term.Prompt{Text: strings.Repeat("question ", 15), Check: func(s string) error {
			if s == "no" {
				return fault.New(fault.Refused, "%s", strings.Repeat("refused ", 20))
			}
			return nil
		}})
	},
	"page": func(ctx context.Context, t *term.Terminal) (string, error) {
		return "", t.Page(ctx, secretPage, "write it down, then press any key")
	},
	"work, then page": func(ctx context.Context, t *term.Terminal) (string, error) {
		worked := make(chan os.Signal, 1)
		signal.Notify(worked, syscall.SIGUSR1)
		t.Note("working")
		<-worked
		return "", t.Page(ctx, secretPage, "write it down, then press any key")
	},
	"rolls":       rolls(false),
	"plain rolls": rolls(true),
	"gaps":        gaps,
	"pause": func(ctx context.Context, t *term.Terminal) (string, error) {
		return "", t.Pause(ctx, "press any key")
	},
	"panic": func(ctx context.Context, t *term.Terminal) (string, error) {
		_, err := t.Words(ctx, term.Prompt{Text: "mnemonic"}, english, counts, func(*secret.Buffer) error {
			panic("a fault of the program")
		})
		return "", err
	},
	"restore": func(ctx context.Context, t *term.Terminal) (string, error) {
		terminate := make(chan os.Signal, 1)
		signal.Notify(terminate, syscall.SIGUSR1)
		go func() {
			<-terminate
			t.Restore()
			t.Restore()
		}()
		_, err := t.Words(ctx, term.Prompt{Text: "mnemonic"}, english, counts, nil)
		return "", err
	},
	"fatal check": func(ctx context.Context, t *term.Terminal) (string, error) {
		return reveal(t.Hidden(ctx, term.Prompt{Text: "password"}, func(*secret.Buffer) error {
			return fault.New(fault.Environment, "cannot lock memory")
		}))
	},
	"progress": func(_ context.Context, t *term.Terminal) (string, error) {
		step := t.Progress("keys")
		for i := range 1001 {
			step(i, 1000)
		}
		half := t.Progress("checks")
		half(1, 2)
		t.Warn("a \x1b[31mwarning")
		t.Note("a note")
		t.Show("one\ntwo \x1b]0;x\a\n")
		return "", nil
	},
}

// player drives one program at a terminal.
type player struct {
	*testkit.PTY
	t    *testing.T
	file string
}

// start runs a program on a terminal, after prepare has changed the command.
func start(t *testing.T, name string, prepare ...func(*exec.Cmd)) *player {
	t.Helper()
	cmd, file := command(t, name)
	for _, p := range prepare {
		p(cmd)
	}
	return &player{PTY: testkit.StartPTY(t, cmd), t: t, file: file}
}

func command(t *testing.T, name string) (*exec.Cmd, string) {
	t.Helper()
	if programs[name] == nil {
		t.Fatalf("no program %q", name)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "result")
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), programEnv+"="+name, resultEnv+"="+file)
	return cmd, file
}

// end waits for the program, checks that the terminal was given back, and
// returns what the program left.
func (p *player) end(code int) result {
	p.t.Helper()
	p.ExpectExit(code)
	p.restored()
	return load(p.t, p.file)
}

// restored checks that the terminal is as it was found.
func (p *player) restored() {
	p.t.Helper()
	if !p.Echo() {
		p.t.Errorf("the terminal was left silent; transcript: %q", p.Transcript())
	}
	if p.Screen().OnAlt() {
		p.t.Errorf("the alternate screen was not left; transcript: %q", p.Transcript())
	}
	for _, mode := range []string{"?1049", "?2004"} {
		if out := p.Transcript(); strings.LastIndex(out, mode+"h") > strings.LastIndex(out, mode+"l") {
			p.t.Errorf("mode %s was left on; transcript: %q", mode, out)
		}
	}
}

// clean checks that a person who comes to the terminal afterwards finds none
// of the words on it, be it a terminal with one screen or with two.
func (p *player) clean(words ...string) {
	p.t.Helper()
	one := testkit.NewScreen(100, 40)
	one.OneScreen = true
	_, _ = one.Write([]byte(p.Transcript()))
	for _, w := range words {
		if strings.Contains(p.Screen().Main(), w) || strings.Contains(one.Main(), w) {
			p.t.Errorf("%q is still on the screen:\n%s", w, p.Screen().Main())
		}
	}
}

func load(t *testing.T, file string) result {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("the program left no result: %v", err)
	}
	defer f.Close()
	var r result
	if err := gob.NewDecoder(f).Decode(&r); err != nil {
		t.Fatalf("the program's result: %v", err)
	}
	return r
}

// piped runs a program without any terminal and returns its exit code, what it
// left, and what it said.
func piped(t *testing.T, name, input string, env ...string) (int, result, string) {
	t.Helper()
	cmd, file := command(t, name)
	cmd.Env = append(cmd.Env, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no controlling terminal
	cmd.Stdin = strings.NewReader(input)
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), load(t, file), said.String()
}
