package main

import (
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/desk"
)

// deskOptions are the flags of every command that reads sheets.
type deskOptions struct{ pictures, texts string }

func (o *deskOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.pictures, "pictures", "", "read sheets from this picture `FILE`, or all in this FOLDER, which is looked into again on demand; JPEG, PNG, PDF")
	f.StringVar(&o.texts, "sheet-file", "", "read the texts of sheets from this `FILE`: each begins with EK1, and ends with an empty line or the next")
}

// of says where sheets are read from, and who is asked.
func (o *deskOptions) of(e *env, g *globalFlags) desk.Options {
	return desk.Options{
		Term: e.term, Open: e.read, Secret: e.secretFile,
		Asks: !g.nonInteractive, Pictures: o.pictures, Texts: o.texts,
	}
}
