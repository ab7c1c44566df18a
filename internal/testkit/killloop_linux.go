package testkit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// defaultKillRounds is for make test; ETHKEY_KILL_ROUNDS raises it.
const defaultKillRounds = 20

// KillLoop starts a process again and again, kills it and its children with
// SIGKILL at moments spread over its run time, and lets a referee judge what
// is left.
type KillLoop struct {
	Rounds int    // 0: ETHKEY_KILL_ROUNDS, or 20
	Seed   uint64 // 0: drawn, and printed
	// Command returns the process to start; dir is a fresh folder that it may
	// write to when it runs by Unprivileged.
	Command func(dir string) *exec.Cmd
	// Referee judges dir and the process's output by means of its own;
	// finished says that the process came to its end before the kill.
	Referee func(dir string, out []byte, finished bool) error
}

// Run runs the rounds, after a first one that nobody kills.
func (k KillLoop) Run(t testing.TB) {
	t.Helper()
	k.defaults(t)
	random := rand.New(rand.NewPCG(k.Seed, k.Seed))
	t.Logf("%d kill rounds, seed %d", k.Rounds, k.Seed)
	span := k.round(t, -1, 0)
	killed := 0
	for i := range k.Rounds {
		share := (float64(i) + random.Float64()) / float64(k.Rounds)
		took := k.round(t, i, max(1, time.Duration(share*float64(span))))
		if took == 0 {
			killed++
			continue
		}
		span = (span + took) / 2
	}
	t.Logf("%d of %d rounds were killed before their end", killed, k.Rounds)
	if k.Rounds >= defaultKillRounds && killed == 0 {
		t.Error("no round was killed: the loop proved nothing")
	}
}

func (k *KillLoop) defaults(t testing.TB) {
	t.Helper()
	if k.Seed == 0 {
		k.Seed = rand.Uint64()
	}
	if k.Rounds > 0 {
		return
	}
	k.Rounds = defaultKillRounds
	if text := os.Getenv("ETHKEY_KILL_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("ETHKEY_KILL_ROUNDS=%s is not a number of rounds", text)
		}
		k.Rounds = n
	}
}

// round runs one process. It returns the time it took, or 0 when it was
// killed. A delay of 0 lets it run to its end.
func (k KillLoop) round(t testing.TB, i int, delay time.Duration) time.Duration {
	t.Helper()
	dir := given(t, tempDir(t, memory))
	cmd := k.Command(dir)
	out, err := start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if delay > 0 {
		timer := time.AfterFunc(delay, func() { killGroup(cmd) })
		defer timer.Stop()
	}
	err = cmd.Wait()
	took := time.Since(begin)
	finished := !wasKilled(err)
	if err != nil && finished {
		t.Fatalf("round %d: %v\n%s", i, err, exitText(out.Bytes()))
	}
	if verdict := k.Referee(dir, out.Bytes(), finished); verdict != nil {
		t.Errorf("round %d, killed after %v (finished: %t): %v\n%s", i, delay, finished, verdict, exitText(out.Bytes()))
	}
	_ = os.RemoveAll(dir)
	if !finished {
		return 0
	}
	return took
}

// start starts cmd as the leader of its own session and collects its output.
func start(cmd *exec.Cmd) (*bytes.Buffer, error) {
	out := new(bytes.Buffer)
	if cmd.Stdout == nil {
		cmd.Stdout = out
	}
	if cmd.Stderr == nil {
		cmd.Stderr = out
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	// A child that escaped the group must not hold Wait by the pipe.
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return out, nil
}

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// wasKilled reports whether SIGKILL ended the process.
func wasKilled(err error) bool {
	exit, ok := err.(*exec.ExitError)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
