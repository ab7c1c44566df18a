package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/paper"
)

func newBackup(e *env, g *globalFlags) *cobra.Command {
	return newGroup("backup", "split a secret into sheets of paper, check, restore and drill",
		newBackupSplit(e, g), newBackupCheck(e, g), newBackupRestore(e, g), newBackupReissue(e, g),
		newBackupDrill(e, g), newBackupPractise(e, g), newBackupImport(e, g), newBackupSeedQR(e, g))
}

// backupMachine is the part of e that an operation on a backup gets.
func (e *env) backupMachine() backup.Machine {
	return backup.Machine{Machine: e.machine(), InMemory: e.inMemory}
}

// sheetsFolder is where sheets go when no folder is named: memory, where there
// is such a folder.
func (e *env) sheetsFolder() string {
	for _, folder := range []string{os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm"} {
		if folder == "" {
			continue
		}
		if kept, err := e.inMemory(folder); err == nil && kept {
			return folder
		}
	}
	return ""
}

// paperSize reads --paper.
func paperSize(name string) (paper.Size, error) {
	size, err := paper.ParseSize(name)
	if err != nil {
		return size, fault.New(fault.Usage, "--paper: %w", err)
	}
	return size, nil
}

// asText reads --format.
func asText(format string) (bool, error) {
	switch format {
	case "pdf":
		return false, nil
	case "txt":
		return true, nil
	}
	return false, fault.New(fault.Usage, "--format: \"%s\" is no format of sheets", format).WithHint("expected pdf or txt")
}

// printResult prints a result as JSON or as text.
func printResult(e *env, asJSON bool, result any, text func(width int) string) error {
	if asJSON {
		return json.NewEncoder(e.stdout).Encode(result)
	}
	_, err := e.stdout.WriteString(text(columns(e.stdout)))
	return err
}

// signerOptions say with what an entry of a history is signed.
type signerOptions struct {
	key      sshKeyOptions
	detached string
}

func (o *signerOptions) add(f *pflag.FlagSet) {
	o.key.add(f, "the entry of the history")
	f.StringVar(&o.detached, "sign-in", "", "write what is to be signed to this `FOLDER`, and wait until somebody has signed it with ssh-keygen")
}

// signer returns what signs, or nil where nothing is to be.
func (o *signerOptions) signer(ctx context.Context, e *env, g *globalFlags) (backup.Signer, error) {
	switch {
	case o.key.key != "" && o.detached != "":
		return nil, fault.New(fault.Usage, "--sign-key and --sign-in were both given; expected one")
	case o.detached != "":
		folder, err := filepath.Abs(o.detached)
		if err != nil {
			return nil, fault.New(fault.Environment, "--sign-in: %w", err)
		}
		if g.nonInteractive {
			return nil, fault.New(fault.Usage, "--sign-in waits for a person, and --non_interactive asks nobody")
		}
		fsys, err := e.backupMachine().Open(folder)
		if err == nil {
			err = atomicfile.Writable(fsys, ".", 1<<16)
		}
		if err != nil {
			return nil, err
		}
		return backup.DetachedSigner(e.backupMachine(), folder, e.awaitSignature), nil
	case o.key.key == "":
		return nil, nil
	}
	key, err := o.key.open(ctx, e, g)
	if err != nil {
		return nil, err
	}
	return backup.KeySigner(key), nil
}

// awaitSignature has a person sign a file, and reads the signature beside it.
func (e *env) awaitSignature(ctx context.Context, path string) ([]byte, error) {
	e.term.Show("\nSign this file, here or on another machine, and put the signature beside it:\n\n" +
		"  ssh-keygen -Y sign -f KEY -n " + backup.Namespace + " " + term.Safe(path) + "\n")
	for {
		if err := e.term.Pause(ctx, "press any key when "+path+".sig is there; q stops "); err != nil {
			return nil, fault.New(fault.KindOf(err), "no signature was given").WithHint("to go without one, leave --sign-in out")
		}
		armored, err := e.signatureOf(path)
		if err == nil {
			return armored, nil
		}
		if !e.term.Interactive() {
			return nil, err
		}
		e.term.Explain(err)
	}
}

// signatureOf reads the signature beside a file, and holds it against the file
// while somebody is there to sign again.
func (e *env) signatureOf(path string) ([]byte, error) {
	armored, err := e.readAll(path+".sig", 1<<16)
	if err != nil {
		return nil, err
	}
	message, err := e.readAll(path, 1<<20)
	if err != nil {
		return nil, err
	}
	_, err = sshsig.Check(message, armored, backup.Namespace)
	return armored, err
}

// notSigned says what holds when a signature did not come: the work is done, and
// is not to be done again.
func notSigned(what, why string) error {
	if why == "" {
		return nil
	}
	return fault.New(fault.Environment, "%s, and its history says so UNSIGNED: %s", what, why).
		WithHint("nothing is lost, and nothing is to be made again: a later entry that is signed, such as a drill's, vouches for this one too")
}
