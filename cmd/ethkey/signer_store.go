package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/secret/source"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/postgres"
)

// postgresFlag is the flag that takes a store command out of the walls: it
// alone needs a network.
const postgresFlag = "postgres"

// machineFile is where Linux keeps the id of a machine.
const machineFile = "/etc/machine-id"

// storeOptions are the flags that say which store.
type storeOptions struct {
	history
	path, machineFile                  string
	postgres, passwordFile, passwordFD string
	yes                                bool
	given                              *secret.Buffer // the password, once read; wiped at the end of the run
}

func newStoreOptions(e *env, g *globalFlags) *storeOptions {
	return &storeOptions{history: history{e: e, g: g}}
}

// onStore is what every store command is annotated with.
func onStore() map[string]string {
	return map[string]string{noSecrets: "true", onNetwork: postgresFlag}
}

func (o *storeOptions) addStore(f *pflag.FlagSet) {
	f.StringVar(&o.path, "store", "", "the `FILE` of the store")
	f.StringVar(&o.machineFile, "machine-id-file", machineFile, "`FILE` with an id that no other machine has, by which a store knows its own")
	f.StringVar(&o.postgres, postgresFlag, "", "the `URL` of a store in PostgreSQL, without a password")
	f.StringVar(&o.passwordFile, "postgres-password-file", "", "`FILE` that holds the password of its role")
	f.StringVar(&o.passwordFD, "postgres-password-fd", "", "descriptor `N` to read that password from")
}

func (o *storeOptions) addYes(f *pflag.FlagSet) {
	f.BoolVar(&o.yes, "yes", false, "agree to what is shown, and ask nothing")
}

// which refuses unless one store is named, and what belongs to the other kind.
func (o *storeOptions) which(cmd *cobra.Command) error {
	f := cmd.Flags()
	switch {
	case (o.path == "") == (o.postgres == ""):
		return fault.New(fault.Usage, "which store? expected --store or --%s, and one of them", postgresFlag)
	case o.postgres != "" && f.Changed("machine-id-file"):
		return fault.New(fault.Usage, "--machine-id-file would be ignored: a store in PostgreSQL knows its server")
	case o.path != "" && (o.passwordFile != "" || o.passwordFD != ""):
		return fault.New(fault.Usage, "the password of PostgreSQL would be ignored: --store is a file")
	case hasPassword(o.postgres):
		return fault.New(fault.Usage, "--%s holds a password, which every user of this machine can read there", postgresFlag).
			WithHint("take it out of the address, change it, and give it with --postgres-password-file or --postgres-password-fd")
	case o.passwordFile != "" && o.passwordFD != "":
		return fault.New(fault.Usage, "two ways to give one password; expected one of them")
	}
	return nil
}

// hasPassword finds a password in an address of PostgreSQL, of either form.
func hasPassword(address string) bool {
	if u, err := url.Parse(address); err == nil {
		if _, set := u.User.Password(); set || u.Query().Has("password") {
			return true
		}
	}
	return !strings.Contains(address, "://") && passwordWord.MatchString(address)
}

// passwordWord is a password among the words of an address: host=... user=...
var passwordWord = regexp.MustCompile(`(?i)(^|\s)password\s*=`)

// name is how the store is called in reports.
func (o *storeOptions) name() string {
	if o.postgres == "" {
		return o.path
	}
	if u, err := url.Parse(o.postgres); err == nil && u.Host != "" {
		return "the store in PostgreSQL at " + u.Host + u.Path
	}
	return "the store in PostgreSQL"
}

// use opens the store, lets a command work with it and closes it.
func (o *storeOptions) use(cmd *cobra.Command, readOnly bool, do func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error) error {
	if err := o.which(cmd); err != nil {
		return err
	}
	s, err := o.open(cmd.Context(), readOnly)
	if err != nil {
		return err
	}
	i, err := s.Info(cmd.Context())
	if err == nil {
		err = do(cmd.Context(), s, i)
	}
	if closing := s.Close(); err == nil && closing != nil {
		err = fault.New(fault.Environment, "%s: %w", o.name(), closing)
	}
	return err
}

func (o *storeOptions) open(ctx context.Context, readOnly bool) (slashingdb.Store, error) {
	if o.postgres != "" {
		return o.inPostgres(ctx, func(c postgres.Config) (slashingdb.Store, error) { return postgres.Open(ctx, c) })
	}
	options, err := o.bolt()
	if err != nil {
		return nil, err
	}
	options.ReadOnly = readOnly
	o.warnOfMode(options.Path)
	s, err := bolt.Open(options)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// warnOfMode warns of a store that others can write to. One that is not there
// is refused when it is opened.
func (o *storeOptions) warnOfMode(path string) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	folder, err := o.e.open(filepath.Dir(path))
	if err != nil {
		return
	}
	info, err := folder.Lstat(filepath.Base(path))
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o022 != 0 {
		o.e.term.Warn(fmt.Sprintf("%s: mode %04o lets others write to the store, and so have keys slashed; chmod 600 keeps it to its owner", o.path, info.Mode().Perm()))
	}
}

// bolt lends a store in a file what it needs of the machine.
func (o *storeOptions) bolt() (bolt.Options, error) {
	path, err := filepath.Abs(o.path)
	if err != nil {
		return bolt.Options{}, fault.New(fault.Environment, "--store: %w", err)
	}
	machine, err := o.machine()
	return bolt.Options{
		Path: path, Machine: machine, Now: o.e.now, Rand: o.e.rand, OpenFile: os.OpenFile, OpenFolder: o.e.open,
	}, err
}

// maxMachineID is more than any machine's id has.
const maxMachineID = 4096

func (o *storeOptions) machine() (string, error) {
	f, err := o.e.read(o.machineFile)
	if err != nil {
		kind := fault.Refused // a file that was named, and is not there
		if o.machineFile == machineFile {
			kind = fault.Environment
		}
		return "", fault.New(kind, "the id of this machine: %w", err).
			WithHint("name a file with an id that no other machine has: --machine-id-file")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMachineID))
	id := strings.TrimSpace(string(text))
	if err != nil || len(id) < 16 {
		return "", fault.New(fault.Environment, "%s holds no id of a machine; expected at least 16 characters", o.machineFile).
			WithHint("name a file with an id that no other machine has: --machine-id-file")
	}
	return id, nil
}

// inPostgres opens a store with the password that the flags give. Where none is
// given and the server wants one, it is asked for.
func (o *storeOptions) inPostgres(ctx context.Context, open func(postgres.Config) (slashingdb.Store, error)) (slashingdb.Store, error) {
	password, err := o.password()
	if err != nil {
		return nil, err
	}
	with := func(password *secret.Buffer) (slashingdb.Store, error) {
		if password != nil {
			defer password.Close()
		}
		return open(postgres.Config{URL: o.postgres, Password: password, Now: o.e.now})
	}
	s, err := with(password)
	if password != nil || !errors.Is(err, postgres.ErrPassword) || !o.e.term.Interactive() || o.g.nonInteractive {
		return s, err
	}
	if o.given, err = o.e.term.Hidden(ctx, term.Prompt{Text: "password for " + o.name(), Flag: "--postgres-password-file"}, nil); err != nil {
		return nil, err
	}
	if password, err = o.password(); err != nil {
		return nil, err
	}
	return with(password)
}

// password is what the flags give, or nil. A descriptor and a pipe can be read
// once, and init opens the store that it made.
func (o *storeOptions) password() (*secret.Buffer, error) {
	var err error
	switch {
	case o.given != nil:
	case o.passwordFD != "":
		n, bad := strconv.Atoi(o.passwordFD)
		if bad != nil || n < 0 {
			return nil, fault.New(fault.Usage, "--postgres-password-fd: expected the number of a descriptor")
		}
		o.given, err = source.FD(n)
	case o.passwordFile != "":
		o.given, err = o.e.secretFile(o.passwordFile)
	}
	if err != nil || o.given == nil {
		return nil, err
	}
	return o.given.Clone()
}

// agreeTo has a person agree to a change that cannot be taken back.
func (o *storeOptions) agreeTo(ctx context.Context, what ...string) error {
	for _, line := range what {
		o.e.term.Note(line)
	}
	if o.yes {
		return nil
	}
	if o.g.nonInteractive {
		return fault.New(fault.Usage, "missing: --yes").WithHint("it agrees to what is shown above")
	}
	agreed, err := o.e.term.Confirm(ctx, term.Prompt{Text: "do this?", Flag: "--yes", Default: "no"})
	if err == nil && !agreed {
		err = fault.New(fault.Refused, "not agreed to; nothing was changed")
	}
	return err
}

// foreign refuses early what the store would refuse, before anybody is asked.
func (o *storeOptions) foreign(i *slashingdb.Info) error {
	if i.Foreign {
		return slashingdb.Foreign(o.name())
	}
	return nil
}

// keys are those that the flags name; nil where they name none.
func (o *storeOptions) keys(cmd *cobra.Command) ([]slashingdb.PublicKey, error) {
	wanted, err := o.wanted(cmd)
	if err != nil || wanted == nil {
		return nil, err
	}
	return slashingdb.SortKeys(keysOnly(wanted)), nil
}
