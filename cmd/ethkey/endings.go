package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

// endings are the signals that end a run in order. To the last five the Go
// runtime would answer with its stacks.
var endings = []os.Signal{
	syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP,
	syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGTRAP, syscall.SIGILL, syscall.SIGSEGV,
}

// grace is how long a run has to end in order before another signal ends it
// anyway: it may wait for a pipe that nobody writes to.
const grace = time.Second

// untilSignal returns a context that ends with the first signal. After the
// grace another one calls giveUp. A pipe that nobody reads is an error where it
// is written to, and not the end of the process, which would leave the terminal
// silent.
func untilSignal(giveUp func()) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, endings...)
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		<-caught
		first := time.Now()
		cancel()
		for range caught {
			if time.Since(first) >= grace {
				giveUp()
			}
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		cancel()
	}
}

// abandon ends the process without waiting for what is under way.
func (e *env) abandon() {
	e.term.Restore()
	e.term.Fault(fault.New(fault.Interrupted, "interrupted while something did not end").
		WithHint("what was under way may be left, hidden, under a name that begins with .ethkey-"))
	os.Exit(int(fault.Interrupted))
}

// interrupted is what becomes of err when a signal ended the run: what could
// not be removed, or was done by then, is still said.
func interrupted(err error) error {
	var known *fault.Error
	switch {
	case !errors.As(err, &known):
		return fault.New(fault.Interrupted, "interrupted; nothing was left behind")
	case known.Kind == fault.Interrupted:
		return err
	}
	return fault.New(fault.Interrupted, "interrupted: %w", err).WithHint("%s", fault.HintOf(err))
}

// guarded turns a panic into a fault that says where it happened and nothing
// else: its value, and the stack that the runtime would print, may hold parts
// of a secret.
func guarded(run func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Integrity, "internal fault in %s", origin()).
				WithHint("this is a mistake in ethkey: please report the place it names; check what was written before you use it")
		}
	}()
	return run()
}

// origin is the function that panicked, while a deferred function recovers.
func origin() string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicking && !inRuntime {
			return frame.Function
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}

// untilEnded has open give up when the run ends: a pipe opens when its writer
// comes, which may be never.
func untilEnded(ctx context.Context, open func(string) (fs.File, error)) func(string) (fs.File, error) {
	type result struct {
		file fs.File
		err  error
	}
	return func(name string) (fs.File, error) {
		done := make(chan result, 1)
		go func() {
			file, err := open(name)
			done <- result{file, err}
		}()
		select {
		case r := <-done:
			return r.file, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
