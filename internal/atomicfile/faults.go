package atomicfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/ethkey/ethkey/internal/fault"
)

// because makes a fault whose text is its own and whose cause is err.
func because(kind fault.Kind, err error, format string, args ...any) *fault.Error {
	return &fault.Error{Kind: kind, What: fmt.Sprintf(format, args...), Err: err}
}

// explain says what err means for name to the person who chose the folder.
func explain(fsys FS, err error, name string) error { return explainPath(err, shown(fsys, name)) }

func explainPath(err error, path string) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case is(err, syscall.ENOSPC, syscall.EDQUOT):
		return because(fault.Environment, err, "the disk is full: %s", path).
			WithHint("free some space there, or choose another folder")
	case is(err, syscall.EROFS):
		return because(fault.Environment, err, "read-only: %s", path).
			WithHint("unlock the medium (a stick or card may have a switch), mount it for writing, or choose another folder")
	case is(err, syscall.EIO):
		return because(fault.Environment, err, "the medium answers with an input/output error: %s", path).
			WithHint("do not trust this medium: use another")
	case errors.Is(err, fs.ErrPermission):
		return because(fault.Environment, err, "permission denied: %s", path).
			WithHint("choose a folder that this user may write to")
	case errors.Is(err, fs.ErrNotExist), is(err, syscall.ESTALE, syscall.ENODEV, syscall.ENXIO, syscall.ENOTCONN):
		return because(fault.Environment, err, "%s: the folder or its medium has vanished", path).
			WithHint("was the medium pulled out, or the folder moved? put it back, or choose another, and run again")
	case errors.Is(err, fs.ErrExist), is(err, syscall.ENOTEMPTY):
		return exists(path)
	}
	return because(fault.Environment, err, "%s: %s", path, cause(err)).WithHint("choose another folder or medium")
}

func is(err error, errnos ...syscall.Errno) bool {
	for _, errno := range errnos {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// cause is the text of err without the names that the person never chose.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

func exists(path string) error {
	return because(fault.Refused, fs.ErrExist, "%s exists already", path).
		WithHint("nothing is ever overwritten: move it away, or choose another folder")
}

func differs(path string) error {
	return fault.New(fault.Integrity, "%s: what was read back is not what was written", path).
		WithHint("do not trust this medium: use another")
}

func interrupted(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return because(fault.Interrupted, ctx.Err(), "interrupted")
}

// withLeft adds to err what could not be removed.
func withLeft(err error, left []string) error {
	if len(left) == 0 || err == nil {
		return err
	}
	return because(fault.KindOf(err), err, "%s; left behind, because it could not be removed: %s", err, strings.Join(left, ", ")).
		WithHint("%s", strings.TrimPrefix(fault.HintOf(err)+"; remove by hand what was left behind", "; "))
}
