package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/validator"
)

// verifyOptions are the flags of every command that verifies files.
type verifyOptions struct{ json bool }

func (o *verifyOptions) add(f *pflag.FlagSet) {
	addChainFlags(f)
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
}

// fileArgs wants the names of files as arguments.
func fileArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return fault.New(fault.Usage, "%s needs the files to look at", cmd.CommandPath()).
		WithHint("name them behind the flags")
}

// run reads the files and the network, verifies, and prints.
func (o *verifyOptions) run(e *env, g *globalFlags, cmd *cobra.Command, names []string,
	verify func(s *dropin.Session, n network.Network, files []validator.File) (*validator.VerifyReport, error)) error {
	s := e.session(cmd, g)
	files, err := dropin.ReadFiles(s, names)
	if err != nil {
		return err
	}
	chain := dropin.NewNetwork(s)
	if err := s.Resolve(cmd.Context(), chain.Options()); err != nil {
		return err
	}
	n, err := chain.Chosen()
	if err != nil {
		return err
	}
	report, err := verify(s, n, files)
	if err != nil {
		return err
	}
	if o.json {
		err = json.NewEncoder(e.stdout).Encode(report)
	} else {
		_, err = e.stdout.WriteString(verifyText(report, columns(e.stdout)))
	}
	if err != nil {
		return err
	}
	return report.Err()
}

func verifyText(r *validator.VerifyReport, width int) string {
	p := &page{width: width}
	for _, item := range r.Items {
		verdict := "good  "
		if item.Problem != "" {
			verdict = "BAD   "
		}
		p.line(verdict+strings.Join(itemText(item), ", "), 6)
		if item.Problem != "" {
			p.line("      "+item.Problem, 6)
		}
		for _, n := range item.Notes {
			p.line("      note: "+n, 6)
		}
	}
	for _, n := range r.Notes {
		p.line("note: "+n, 2)
	}
	p.line(fmt.Sprintf("network %s: %d good, %d bad", r.Network, r.Good, r.Bad), 2)
	return p.String()
}

// itemText says what an item is, as far as it could be read.
func itemText(i validator.VerifyItem) []string {
	var text []string
	if i.File != "" {
		text = append(text, i.File)
	}
	add := func(name, value string) {
		if value != "" {
			text = append(text, name+" "+value)
		}
	}
	if i.Number > 0 {
		add("number", fmt.Sprint(i.Number))
	}
	if i.ValidatorIndex != nil {
		add("validator", fmt.Sprint(*i.ValidatorIndex))
	}
	add("key", i.PublicKey)
	add("credentials", i.Credentials)
	add("address", i.Address)
	add("amount", i.Amount)
	if i.Epoch != nil {
		add("from epoch", fmt.Sprint(*i.Epoch))
	}
	return text
}

// wantedAddress reads --withdrawal-address.
func wantedAddress(f *pflag.FlagSet) (*beacon.ExecutionAddress, error) {
	text := f.Lookup("withdrawal-address").Value.String()
	if text == "" {
		return nil, nil
	}
	a, err := beacon.ParseExecutionAddress(text)
	return &a, err
}

// wantedCredentials reads --credentials.
func wantedCredentials(f *pflag.FlagSet) ([][32]byte, error) {
	text := f.Lookup("credentials").Value.String()
	if text == "" {
		return nil, nil
	}
	return validator.ParseCredentials(text)
}
